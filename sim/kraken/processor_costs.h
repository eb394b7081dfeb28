// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "sim/yaml_reader.h"

namespace qnnsim {

/// What the processor beside the engine does with a word; the keys of a platform's
/// `processor.cycles`.
enum class ProcessorWork {
  kSum,         ///< takes a sum from the engine, adds it to those of earlier passes
  kBias,        ///< bias or scale
  kActivation,  ///< threshold or activation
  kAdd,         ///< residual sum
  kPool,        ///< a value goes into a window
  kSoftmax,
  kTile,   ///< writes a word as the next layer reads it
  kOther,  ///< every other operator
};

/// How long the processor takes for a word of each work; nothing where the platform does not say.
struct ProcessorCosts {
  double clock_mhz = 0;                    ///< of the processor; 0: the engine's
  std::map<ProcessorWork, double> cycles;  ///< [processor cycles a word]

  /// [engine cycles] for `words`, at the engine's clock.
  double engine_cycles(ProcessorWork work, double words, double engine_mhz) const;
};

/// Reads `clock_mhz` and `cycles`.
ProcessorCosts read_processor_costs(YamlReader reader);

/// The work that operator `op` of a network is.
ProcessorWork processor_work(const std::string& op);

}  // namespace qnnsim
