// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/dataflow.h"
#include "sim/diagnostics.h"
#include "sim/kraken/kraken_plan.h"
#include "sim/lowering.h"
#include "sim/scenario.h"

namespace qnnsim {

class KrakenArray;
class KrakenIdeal;
class KrakenProcessor;
class PacketGate;
struct KrakenTransfers;

/// The engine of a dataflow, for whoever wants to know what it did.
struct KrakenSystem {
  std::shared_ptr<const KrakenPlan> plan;
  std::shared_ptr<const KrakenTransfers> transfers;  ///< nullptr in the ideal profile
  // Kernels of the dataflow; nullptr in the other profile
  const KrakenArray* array = nullptr;
  const KrakenProcessor* processor = nullptr;
  const PacketGate* gate = nullptr;
  const KrakenIdeal* ideal = nullptr;
};

/// The names of the kernels that are the engine's own, and of its tensors in memory.
inline constexpr char kKrakenPixels[] = "pixels";
inline constexpr char kKrakenWeights[] = "weights";
inline constexpr char kKrakenSums[] = "sums";

/// Puts a scenario's network on its Kraken engine: the engine's kernels, its DMAs, the processor,
/// and the memory behind them where the scenario has one. What is wrong goes to `findings`.
Dataflow lower_kraken(const Scenario& scenario, const RunData* data, Findings& findings);

}  // namespace qnnsim
