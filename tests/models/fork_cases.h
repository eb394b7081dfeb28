// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/fork.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

inline KernelCase two_to_five_branches(Draw& draw) {
  ForkParams p;
  p.branches = draw.between(2, 5);
  p.lanes = draw.between(1, 8);
  p.beats = draw.between(1, 60);
  p.type = draw.type();

  KernelCase c;
  c.parameters =
      describe({{"branches", p.branches}, {"lanes", p.lanes}, {"beats", std::int64_t(p.beats)}});
  c.make = [p] { return std::make_unique<Fork>(p); };
  c.inputs = {draw.values(c.frames * p.beats * p.lanes, p.type)};
  c.outputs.assign(p.branches, c.inputs[0]);
  c.interval = p.beats;
  c.latencies = {1};
  c.needs = {one_by_one(c.frames * p.beats)};
  return c;
}

}  // namespace qnnsim::test
