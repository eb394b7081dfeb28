// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/thresholding.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

inline KernelCase thresholding_case(DataType output, Draw& draw) {
  ThresholdingParams p;
  p.channels = draw.between(1, 12);
  p.pe = draw.divisor(p.channels);
  p.output_type = output;
  p.steps = static_cast<int>(output.is_bipolar() ? 1 : output.max() - output.min());
  p.pixels = draw.between(1, 20);
  p.input_type = draw.type();

  KernelCase c;
  c.parameters = describe({{"channels", p.channels},
                           {"pe", p.pe},
                           {"steps", p.steps},
                           {"pixels", std::int64_t(p.pixels)}}) +
                 ", " + p.input_type.name() + " to " + output.name();
  Tensor levels = draw.tensor(1, p.channels, p.steps, p.input_type);
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
  c.latencies = {p.steps == 1 ? 1 : std::uint64_t(output.bits())};
  c.needs = {one_by_one(c.frames * c.interval)};
  return c;
}

inline KernelCase to_bipolar(Draw& draw) { return thresholding_case(DataType::bipolar(), draw); }

inline KernelCase to_signed(Draw& draw) {
  return thresholding_case(DataType::signed_integer(draw.between(2, 7)), draw);
}

inline KernelCase to_unsigned(Draw& draw) {
  return thresholding_case(DataType::unsigned_integer(draw.between(1, 7)), draw);
}

}  // namespace qnnsim::test
