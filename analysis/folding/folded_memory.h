// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/folding/folding_space.h"
#include "sim/scenario.h"

namespace qnnsim {

/// The memories of a platform as a scenario's `memories` describes them, in YAML: one for each
/// channel, or as many as a memory file has. What it does not say is a finding.
std::string platform_memories(const Platform& platform, Findings& findings);

/// [GB/s] of all memories of a scenario while no data bus rests.
double peak_gb_s(const Scenario& scenario);

/// The master of weights that a folding takes from memory: its bursts are short, so that many
/// masters share a memory evenly, and enough are under way to cover its latency.
TensorSettings master_of_weights(int bus_bits);

/// The block `tensors` of a scenario, in YAML: input and output as the scenario has them, and the
/// weights of a folding, each in the memory that has least to do so far.
std::string tensors_of(const Scenario& scenario, std::vector<WeightsInMemory> weights);

}  // namespace qnnsim
