// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/mvu.h"

#include <cmath>

#include "tests/models/draw_mac.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

struct Types {
  DataType input;
  DataType weight;
};

/// Types whose sums over 128 products fit 32 bits, for each of the widths that the arithmetic has.
inline Types draw_types(Draw& draw) {
  return draw.pick<Types>({{DataType::bipolar(), DataType::bipolar()},
                           {DataType::unsigned_integer(4), DataType::signed_integer(4)},
                           {DataType::signed_integer(8), DataType::signed_integer(8)},
                           {DataType::unsigned_integer(8), DataType::unsigned_integer(8)},
                           {DataType::signed_integer(12), DataType::signed_integer(10)},
                           {DataType::unsigned_integer(16), DataType::signed_integer(6)},
                           {DataType::signed_integer(5), DataType::signed_integer(18)}});
}

/// y[v] = W[v mod groups] x[v], by the definition.
inline std::vector<std::vector<Value>> products(const MvuParams& p,
                                                const std::vector<Value>& weights,
                                                const std::vector<std::vector<Value>>& x) {
  std::vector<std::vector<Value>> y(x.size(), std::vector<Value>(p.rows, 0));
  for (std::size_t v = 0; v < x.size(); ++v) {
    const std::size_t group = v / p.mmv % p.groups;
    for (int row = 0; row < p.rows; ++row) {
      for (int column = 0; column < p.columns; ++column) {
        y[v][row] += weights[(group * p.rows + row) * p.columns + column] * x[v][column];
      }
    }
  }
  return y;
}

/// Beats of `lanes` elements of each of `side_by_side` vectors, which are neighbours in `vectors`.
inline std::vector<Value> interleave(const std::vector<std::vector<Value>>& vectors,
                                     int side_by_side, int lanes) {
  std::vector<Value> stream;
  for (std::size_t v = 0; v < vectors.size(); v += side_by_side) {
    for (std::size_t first = 0; first < vectors[v].size(); first += lanes) {
      for (int m = 0; m < side_by_side; ++m) {
        const auto begin = vectors[v + m].begin() + first;
        stream.insert(stream.end(), begin, begin + lanes);
      }
    }
  }
  return stream;
}

/// Calls `visit(vector, row)` in the order in which the results of `vectors` vectors are computed;
/// `row` is the first of a result's rows.
template <typename Visit>
void for_results(const MvuParams& p, std::uint64_t vectors, Visit visit) {
  for (std::uint64_t first = 0; first < vectors; first += p.tile) {
    for (int row = 0; row < p.rows; row += p.pe) {
      for (std::uint64_t v = first; v < first + p.tile; ++v) visit(v, row);
    }
  }
}

/// The weight tiles [pe][simd] that `vectors` vectors meet, in the order in which they meet them.
inline std::vector<Value> tiles(const MvuParams& p, const std::vector<Value>& weights,
                                std::uint64_t vectors) {
  std::vector<Value> stream;
  for_results(p, vectors, [&](std::uint64_t v, int row) {
    for (int column = 0; column < p.columns; column += p.simd) {
      for (int pe = 0; pe < p.pe; ++pe) {
        for (int s = 0; s < p.simd; ++s) {
          stream.push_back(weights[((v % p.groups) * p.rows + row + pe) * p.columns + column + s]);
        }
      }
    }
  });
  return stream;
}

/// The beats in which the results `y` leave.
inline std::vector<Value> results(const MvuParams& p, const std::vector<std::vector<Value>>& y) {
  std::vector<Value> stream;
  for_results(p, y.size() / p.mmv, [&](std::uint64_t v, int row) {
    for (int m = 0; m < p.mmv; ++m) {
      const auto begin = y[v * p.mmv + m].begin() + row;
      stream.insert(stream.end(), begin, begin + p.pe);
    }
  });
  return stream;
}

inline KernelCase mvu_case(MvuParams p, Draw& draw) {
  const Types types = draw_types(draw);
  p.input_type = types.input;
  p.weight_type = types.weight;
  draw_mac(p, draw);
  const std::uint64_t sf = p.columns / p.simd;
  const std::uint64_t nf = p.rows / p.pe;

  KernelCase c;
  c.parameters = describe({{"rows", p.rows},
                           {"columns", p.columns},
                           {"pe", p.pe},
                           {"simd", p.simd},
                           {"groups", p.groups},
                           {"mmv", p.mmv},
                           {"tile", p.tile},
                           {"vectors", std::int64_t(p.vectors)},
                           {"weight_stream", p.weight_stream},
                           {"mac", std::int64_t(p.mac)},
                           {"narrow_weights", p.narrow_weights}}) +
                 ", " + types.input.name() + " x " + types.weight.name();
  std::vector<Value> weights = draw.values(p.groups * p.rows * p.columns, types.weight);
  if (p.narrow_weights) make_narrow(weights, types.weight);
  c.make = [p, weights] {
    return std::make_unique<Mvu>(p, p.weight_stream ? std::vector<Value>{} : weights);
  };
  // Whole tiles.
  if (p.tile > std::int64_t(p.vectors)) c.frames = 2 * p.tile / p.vectors;
  std::vector<std::vector<Value>> x(c.frames * p.vectors * p.mmv);
  for (auto& vector : x) vector = draw.values(p.columns, types.input);
  c.inputs = {interleave(x, p.mmv, p.simd)};
  c.outputs = {results(p, products(p, weights, x))};
  c.interval = p.vectors * sf * nf;

  c.depth = 5 + static_cast<std::uint64_t>(std::ceil(std::log2(p.simd)));
  c.latencies = {c.depth + (nf > 1 ? 1 : 0)};
  c.needs.resize(1);
  for_results(p, c.frames * p.vectors, [&](std::uint64_t v, int row) {
    // Behind the first row the whole tile is there.
    c.needs[0].push_back((row == 0 ? v + 1 : (v / p.tile + 1) * p.tile) * sf);
    if (nf == 1) return;
    for (std::uint64_t s = 0; s < sf; ++s) c.issues.push_back({{v * sf + s}, s == sf - 1});
  });
  c.capacity = 2 * p.tile * sf;
  if (p.weight_stream) {
    c.inputs.push_back(tiles(p, weights, c.frames * p.vectors));
    c.latencies.push_back(c.depth);
    c.needs.emplace_back();
    for (std::uint64_t beat = 1; beat <= c.needs[0].size(); ++beat) c.needs[1].push_back(beat * sf);
  }
  return c;
}

inline MvuParams draw_matrix(Draw& draw) {
  MvuParams p;
  p.rows = draw.between(1, 16);
  p.columns = draw.between(1, 32);
  p.pe = draw.divisor(p.rows);
  p.simd = draw.divisor(p.columns);
  p.vectors = draw.between(1, 12);
  return p;
}

inline KernelCase all_rows_at_once(Draw& draw) {
  MvuParams p = draw_matrix(draw);
  p.pe = p.rows;
  return mvu_case(p, draw);
}

inline KernelCase rows_in_turn(Draw& draw) {
  MvuParams p = draw_matrix(draw);
  p.rows *= draw.between(2, 4);
  return mvu_case(p, draw);
}

inline KernelCase groups(Draw& draw) {
  MvuParams p = draw_matrix(draw);
  p.groups = draw.between(2, 4);
  p.vectors *= p.groups;
  return mvu_case(p, draw);
}

inline KernelCase vectors_side_by_side(Draw& draw) {
  MvuParams p = draw_matrix(draw);
  p.pe = p.rows;
  p.mmv = draw.between(2, 4);
  return mvu_case(p, draw);
}

inline KernelCase streamed_weights(Draw& draw) {
  MvuParams p = draw_matrix(draw);
  p.weight_stream = true;
  if (draw.one_in(3)) {
    p.pe = p.rows;
    p.mmv = draw.between(1, 3);
  } else {
    p.groups = draw.between(1, 3);
    p.vectors *= p.groups;
  }
  return mvu_case(p, draw);
}

/// Tiles within a frame, and tiles of several frames.
inline KernelCase tiled_vectors(Draw& draw) {
  MvuParams p = draw_matrix(draw);
  p.rows *= draw.between(1, 3);
  p.weight_stream = true;
  p.tile = draw.between(2, 6);
  p.vectors = draw.one_in(2) ? p.tile * draw.between(1, 3) : draw.divisor(p.tile);
  if (draw.one_in(6)) {
    p.pe = p.rows;
    p.mmv = draw.between(1, 3);
  }
  return mvu_case(p, draw);
}

}  // namespace qnnsim::test
