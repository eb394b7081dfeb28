// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kraken/kraken_params.h"
#include "sim/kraken/processor_costs.h"
#include "sim/yaml_reader.h"

namespace qnnsim {

/// Which clocks the engine takes.
enum class KrakenProfile {
  kRtl,    ///< those of the RTL: output pipe, buses, packets, no stride in hardware
  kIdeal,  ///< those of the paper (arXiv 2112.02793): nothing but the array binds
};

/// The block `kraken` of a scenario.
struct KrakenSettings {
  Place place;
  KrakenProfile profile = KrakenProfile::kRtl;
  KrakenParams params;
  double frequency_mhz = 0;
  int bits_bias = 16;     ///< [bits] that the processor adds
  int batch = 1;          ///< [frames] that a layer works on before the next one begins
  double valid_prob = 1;  ///< that a DMA without a memory has a beat, drawn each cycle
  double ready_prob = 1;  ///< that the DMA of the sums takes one, drawn each cycle
  ProcessorCosts processor;
};

/// Reads the block; the processor costs what `platform` says unless the block says it.
KrakenSettings read_kraken(YamlReader reader, const ProcessorCosts& platform, Findings& findings);

}  // namespace qnnsim
