// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "models/thresholding.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

/// Of `p`, `steps`, `input_type` and `output_type` are given.
inline KernelCase thresholding_case(ThresholdingParams p, DataType level_type, Draw& draw) {
  p.channels = draw.between(1, 12);
  p.pe = draw.divisor(p.channels);
  p.pixels = draw.between(1, 20);
  p.memory = draw.pick<std::string>({"auto", "lut", "bram", "uram"});
  const DataType output = p.output_type;

  KernelCase c;
  c.parameters = describe({{"channels", p.channels},
                           {"pe", p.pe},
                           {"steps", p.steps},
                           {"pixels", std::int64_t(p.pixels)}}) +
                 ", " + p.input_type.name() + " to " + output.name() + ", levels " +
                 level_type.name();
  Tensor levels = draw.tensor(1, p.channels, p.steps, level_type);
  for (int channel = 0; channel < p.channels; ++channel) {
    const auto begin = levels.data.begin() + std::int64_t{channel} * p.steps;
    std::sort(begin, begin + p.steps);
  }
  c.make = [p, levels] { return std::make_unique<Thresholding>(p, levels.data); };
  const Tensor x =
      draw.tensor(static_cast<int>(c.frames), static_cast<int>(p.pixels), p.channels, p.input_type);
  c.inputs = {x.data};
  c.outputs.resize(1);
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    std::int64_t result = output.min();
    for (int step = 0; step < p.steps; ++step) {
      if (x.data[i] >= levels.at(0, static_cast<int>(i % p.channels), step)) ++result;
    }
    // The two values of a bipolar type are one apart in steps and two in value.
    if (output.is_bipolar()) result = result == -1 ? -1 : 1;
    c.outputs[0].push_back(static_cast<Value>(result));
  }
  EXPECT_EQ(first_difference(apply_thresholds(x, levels.data, output).data, c.outputs[0]), "")
      << "of the whole-tensor form";
  c.interval = p.pixels * std::uint64_t(p.channels / p.pe);
  c.latencies = {static_cast<std::uint64_t>(std::ceil(std::log2(p.steps + 1.0)))};
  c.needs = {one_by_one(c.frames * c.interval)};
  return c;
}

/// Every value of `output` occurs.
inline KernelCase onto(DataType output, Draw& draw) {
  ThresholdingParams p;
  p.input_type = draw.type();
  p.output_type = output;
  p.steps = static_cast<int>(output.is_bipolar() ? 1 : output.max() - output.min());
  return thresholding_case(p, p.input_type, draw);
}

inline KernelCase to_bipolar(Draw& draw) { return onto(DataType::bipolar(), draw); }

inline KernelCase to_signed(Draw& draw) {
  return onto(DataType::signed_integer(draw.between(2, 7)), draw);
}

inline KernelCase to_unsigned(Draw& draw) {
  return onto(DataType::unsigned_integer(draw.between(1, 7)), draw);
}

/// Not every value of the output type, inputs up to 32 bits, levels that no input reaches or every
/// input does.
inline KernelCase any_steps(Draw& draw) {
  ThresholdingParams p;
  p.steps = draw.between(1, 40);
  const int bits = draw.between(0, 2) + static_cast<int>(std::ceil(std::log2(p.steps + 1.0)));
  p.output_type = draw.one_in(2) ? DataType::unsigned_integer(bits)
                                 : DataType::signed_integer(std::max(bits, 2));
  p.input_type =
      draw.pick({draw.type(), DataType::signed_integer(32), DataType::unsigned_integer(31)});
  const int wide = std::min(p.input_type.bits() + 2, 32);
  const DataType level_type =
      draw.pick({p.input_type, DataType::signed_integer(wide), DataType::signed_integer(32),
                 DataType::signed_integer(2)});
  return thresholding_case(p, level_type, draw);
}

}  // namespace qnnsim::test
