// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_properties.h"
#include "tests/models/mvu_cases.h"
#include "tests/models/reorder_buffer_cases.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(ReorderBuffer, Kernels,
                         testing::Values(KernelCases{"Repeated", 150, repeated},
                                         KernelCases{"Transposed", 150, transposed},
                                         KernelCases{"AnyNest", 150, any_nest}));

TEST(ReorderBuffer, LeavesNoGapBetweenTransposedBlocks) {
  ReorderBufferParams p = ReorderBufferParams::transposition(3, 5);
  KernelCase c;
  c.frames = 6;
  c.make = [p] { return std::make_unique<ReorderBuffer>(p); };
  c.inputs = {std::vector<Value>(c.frames * 15, 1)};
  const Trace trace = drive(c, {});
  // Beat n of a free source is taken in cycle n + 1. The first column waits for beats 5 and 10;
  // from then on all that is wanted is there, and a beat leaves in every cycle.
  ASSERT_EQ(trace.emitted[0].size(), c.frames * 15);
  EXPECT_EQ(trace.emitted[0][0], 1u + 2);
  EXPECT_EQ(trace.emitted[0][1], 1u + 5 + 2);
  EXPECT_EQ(trace.emitted[0][2], 1u + 10 + 2);
  for (std::size_t beat = 2; beat < c.frames * 15; ++beat) {
    EXPECT_EQ(trace.taken[0][beat], 1u + beat);
    EXPECT_EQ(trace.emitted[0][beat], 1u + 10 + 2 + (beat - 2));
  }
}

TEST(ReorderBuffer, SetsABlockFreeWithItsLastBeatAndNotEarlier) {
  ReorderBufferParams p = ReorderBufferParams::repetition(4, 3);
  KernelCase c;
  c.make = [p] { return std::make_unique<ReorderBuffer>(p); };
  c.inputs = {std::vector<Value>(c.frames * 4, 1)};
  const Trace trace = drive(c, {});
  // Two blocks enter at once; the third behind the issue of the last of 4 x 3 beats.
  EXPECT_EQ(trace.taken[0][7], 1u + 7);
  EXPECT_EQ(trace.emitted[0][11], 1u + 2 + 11);
  EXPECT_EQ(trace.taken[0][8], trace.emitted[0][11]);
}

/// A matrix unit whose weights come once for every `tile` vectors, from a repeating buffer, and
/// whose results a second buffer puts into the order of the vectors.
struct TiledMatrix {
  TiledMatrix(const MvuParams& p, std::uint64_t vectors, std::vector<Value> x,
              std::vector<Value> weights, const Conditions& conditions)
      : circuit(conditions.order, conditions.sleeps) {
    const auto values = [](Port port, std::vector<Value> stream, const Pressure& pressure) {
      port.beats = stream.size() / port.lanes;
      return std::make_unique<Source>(port, 1, pressure, std::move(stream));
    };
    auto unit = std::make_unique<Mvu>(p);
    const std::vector<Port> in = unit->inputs();
    Port out = unit->outputs()[0];
    out.beats = vectors * p.folds_out();
    ReorderBufferParams rows = ReorderBufferParams::repetition(p.folds_in(), p.tile);
    rows.lanes = in[1].lanes;
    rows.type = in[1].type;
    ReorderBufferParams columns = ReorderBufferParams::transposition(p.folds_out(), p.tile);
    columns.lanes = out.lanes;
    columns.type = out.type;

    Kernel& vector_source = circuit.add(values(in[0], std::move(x), conditions.sources.at(0)));
    Kernel& weight_source =
        circuit.add(values(in[1], std::move(weights), conditions.sources.at(1)));
    Kernel& repeat = circuit.add(std::make_unique<ReorderBuffer>(rows));
    Kernel& mvu = circuit.add(std::move(unit));
    Kernel& transpose = circuit.add(std::make_unique<ReorderBuffer>(columns));
    sink = &circuit.add(std::make_unique<Sink>(out, 1, conditions.sinks.at(0)));
    circuit.connect(vector_source, 0, mvu, 0, conditions.input_depth);
    taken_weights = &circuit.connect(weight_source, 0, repeat, 0, conditions.input_depth);
    used_weights = &circuit.connect(repeat, 0, mvu, 1, 2);
    results = &circuit.connect(mvu, 0, transpose, 0, conditions.output_depth);
    circuit.connect(transpose, 0, *sink, 0, 2);
    circuit.carry_data();
    circuit.run();
  }

  Circuit circuit;
  const Wire* taken_weights;
  const Wire* used_weights;
  const Wire* results;
  Sink* sink;
};

/// Calls `check(params, weights, vectors, draw)` for tiles within frames and tiles of frames.
template <typename Check>
void for_tiled_matrices(int cases, Check check) {
  for (int seed = 1; seed <= cases && !testing::Test::HasFailure(); ++seed) {
    Draw draw(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    MvuParams p = draw_matrix(draw);
    const Types types = draw_types(draw);
    p.input_type = types.input;
    p.weight_type = types.weight;
    p.rows *= draw.between(1, 3);
    p.tile = draw.between(1, 6);
    p.vectors = draw.one_in(2) ? p.tile * draw.between(1, 3) : draw.divisor(p.tile);
    std::vector<std::vector<Value>> x(p.tile * draw.between(1, 5));
    for (auto& vector : x) vector = draw.values(p.columns, p.input_type);
    check(p, draw.values(p.rows * p.columns, p.weight_type), x, draw);
  }
}

TEST(ReorderBuffer, LetsATiledMatrixUnitReadItsWeightsOncePerTile) {
  for_tiled_matrices(200, [](MvuParams p, const std::vector<Value>& weights,
                             const std::vector<std::vector<Value>>& x, Draw& draw) {
    const std::vector<Value> stream = interleave(x, 1, p.simd);
    // The plain unit has its weights inside.
    MvuParams plain = p;
    plain.tile = 1;
    plain.vectors = x.size();
    const std::vector<Value> expected =
        stream_through(std::make_unique<Mvu>(plain, weights), 1, stream);
    ASSERT_EQ(first_difference(expected, interleave(products(plain, weights, x), 1, p.pe)), "");

    p.weight_stream = true;
    Conditions conditions;
    conditions.input_depth = draw.between(1, 4);
    conditions.output_depth = draw.between(1, 4);
    conditions.sources = {draw.pressure(), draw.pressure()};
    conditions.sinks = {draw.pressure()};
    conditions.sleeps = draw.one_in(2);
    const std::uint64_t tiles_of_vectors = x.size() / p.tile;
    const TiledMatrix tiled(p, x.size(), stream, tiles(plain, weights, tiles_of_vectors),
                            conditions);
    EXPECT_EQ(first_difference(tiled.sink->values(), expected), "");
    const std::uint64_t matrix = p.tiles();
    EXPECT_EQ(tiled.taken_weights->popped.size(), tiles_of_vectors * matrix);
    EXPECT_EQ(tiled.used_weights->popped.size(), x.size() * matrix);
  });
}

TEST(ReorderBuffer, KeepsATiledMatrixUnitBusyInEveryCycle) {
  for_tiled_matrices(50, [](MvuParams p, const std::vector<Value>& weights,
                            const std::vector<std::vector<Value>>& x, Draw&) {
    p.weight_stream = true;
    MvuParams one_vector = p;
    one_vector.tile = 1;
    Conditions conditions;
    conditions.sources.resize(2);
    conditions.sinks.resize(1);
    const TiledMatrix tiled(p, x.size(), interleave(x, 1, p.simd),
                            tiles(one_vector, weights, x.size() / p.tile), conditions);
    const std::vector<Cycle>& used = tiled.used_weights->popped;
    EXPECT_EQ(used.back() - used.front() + 1, x.size() * p.tiles());
  });
}

TEST(ReorderBuffer, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      ReorderBufferParams p = ReorderBufferParams::transposition(3, 4);
      change(p);
      ReorderBuffer buffer(p);
    };
  };
  expect_refused("lanes", with([](ReorderBufferParams& p) { p.lanes = 0; }));
  expect_refused("beats", with([](ReorderBufferParams& p) { p.beats = 0; }));
  expect_refused("beats 18", with([](ReorderBufferParams& p) { p.beats = 18; }));
  expect_refused("block", with([](ReorderBufferParams& p) { p.block = 0; }));
  expect_refused("block 13", with([](ReorderBufferParams& p) { p.block = 13; }));
  expect_refused("block 11", with([](ReorderBufferParams& p) { p.block = 11; }));
  expect_refused("outer", with([](ReorderBufferParams& p) { p.outer = 0; }));
  expect_refused("inner", with([](ReorderBufferParams& p) { p.inner = 0; }));
  expect_refused("outer_stride -1", with([](ReorderBufferParams& p) { p.outer_stride = -1; }));
  expect_refused("inner_stride -1", with([](ReorderBufferParams& p) { p.inner_stride = -1; }));
  // 12 beats give 2: 4 beats of a frame give no whole number of them.
  expect_refused("no whole number", with([](ReorderBufferParams& p) {
                   p.beats = 4, p.outer = 1, p.inner = 2, p.inner_stride = 11;
                 }));
}

}  // namespace
}  // namespace qnnsim::test
