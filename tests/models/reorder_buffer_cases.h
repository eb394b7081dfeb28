// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/reorder_buffer.h"

#include <numeric>

#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

/// `order`: of every block the beats that come out.
inline KernelCase reorder_case(ReorderBufferParams p, const std::vector<std::uint64_t>& order,
                               Draw& draw) {
  p.lanes = draw.between(1, 4);
  p.type = draw.type();
  KernelCase c;
  c.parameters = describe({{"lanes", p.lanes},
                           {"beats", std::int64_t(p.beats)},
                           {"block", p.block},
                           {"outer", p.outer},
                           {"outer_stride", p.outer_stride},
                           {"inner", p.inner},
                           {"inner_stride", p.inner_stride}});
  c.make = [p] { return std::make_unique<ReorderBuffer>(p); };
  const auto block = std::uint64_t(p.block);
  const std::uint64_t frames_of_block = std::max<std::uint64_t>(block / p.beats, 1);
  c.settled = frames_of_block;
  c.frames = 4 * frames_of_block;
  const std::uint64_t blocks = c.frames * p.beats / block;
  c.inputs = {draw.values(blocks * block * p.lanes, p.type)};
  c.outputs.resize(1);
  c.needs.resize(1);
  for (std::uint64_t start = 0; start < blocks * block; start += block) {
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::uint64_t beat = start + order[i];
      const auto values = c.inputs[0].begin() + beat * p.lanes;
      c.outputs[0].insert(c.outputs[0].end(), values, values + p.lanes);
      // Beats leave in order: one waits for what the ones before it need.
      c.needs[0].push_back(std::max(beat + 1, i == 0 ? 0 : c.needs[0].back()));
      c.issues.push_back({{beat}});
    }
    // The last issue of a block sets all its places free.
    std::vector<std::uint64_t>& last = c.issues.back().beats;
    last.resize(block);
    std::iota(last.begin(), last.end(), start);
  }
  c.interval = std::max(p.beats, p.beats * order.size() / block);
  c.latencies = {2};
  c.capacity = 2 * block;
  c.depth = 1;
  return c;
}

/// Frames of some blocks, or blocks of some frames that give whole numbers of beats.
inline std::uint64_t draw_beats(const ReorderBufferParams& p, Draw& draw) {
  const int beats = draw.divisor(p.block);
  const bool is_whole = beats * p.results() % p.block == 0;
  if (is_whole && p.results() >= p.block && draw.one_in(2)) return std::uint64_t(beats);
  return std::uint64_t(p.block) * draw.between(1, 4);
}

inline KernelCase repeated(Draw& draw) {
  const int block = draw.between(1, 12);
  const int times = draw.between(1, 6);
  ReorderBufferParams p = ReorderBufferParams::repetition(block, times);
  p.beats = draw_beats(p, draw);
  std::vector<std::uint64_t> order(block * times);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i % block;
  return reorder_case(p, order, draw);
}

inline KernelCase transposed(Draw& draw) {
  const int rows = draw.between(1, 8);
  const int columns = draw.between(1, 8);
  ReorderBufferParams p = ReorderBufferParams::transposition(rows, columns);
  p.beats = draw_beats(p, draw);
  std::vector<std::uint64_t> order(rows * columns);
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      order[column * rows + row] = row * columns + column;
    }
  }
  return reorder_case(p, order, draw);
}

/// Some beats several times, some perhaps never.
inline KernelCase any_nest(Draw& draw) {
  ReorderBufferParams p;
  p.outer = draw.between(1, 5);
  p.outer_stride = draw.between(0, 5);
  p.inner = draw.between(1, 5);
  p.inner_stride = draw.between(0, 5);
  std::vector<std::uint64_t> order;
  for (int a = 0; a < p.outer; ++a) {
    for (int b = 0; b < p.inner; ++b) {
      order.push_back(std::uint64_t(a * p.outer_stride + b * p.inner_stride));
    }
  }
  p.block = static_cast<int>(order.back()) + 1;
  p.beats = std::uint64_t(p.block) * draw.between(1, 3);
  return reorder_case(p, order, draw);
}

}  // namespace qnnsim::test
