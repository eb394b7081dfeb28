// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/diagnostics.h"
#include "sim/kraken/processor_costs.h"

namespace qnnsim {

/// A memory that stands beside the FPGA.
struct PlatformMemory {
  std::string name;
  std::string standard;  ///< "DDR4-2400"
  int channels = 1;
  int data_bits = 64;   ///< [bits] of one channel
  double size_gib = 0;  ///< [GiB] in all
  std::string type;     ///< of configs/memories, as it is simulated; empty: not described
};

/// An FPGA board: what it has and how fast it is usually run.
struct Platform {
  std::string name;
  std::string part;
  std::int64_t lut = 0;
  std::int64_t ff = 0;
  std::int64_t dsp = 0;
  std::string dsp_type;     ///< DSP48E1, DSP48E2 or DSP58
  std::int64_t bram18 = 0;  ///< [18 Kbit blocks]
  std::int64_t uram = 0;    ///< [288 Kbit blocks]
  double typical_clock_mhz = 0;
  std::vector<PlatformMemory> memories;
  ProcessorCosts processor;  ///< beside the FPGA; costs nothing where the platform does not say
  std::string source;        ///< where the numbers stand
};

/// Reads configs/platforms/<name>.yaml; a name that is not there is a finding at `place`.
Platform load_platform(const std::string& name, const Place& place, Findings& findings);

/// The names of the files in a directory of `config_directory()` ("platforms"), without ".yaml",
/// ascending.
std::vector<std::string> config_names(const std::string& directory);

/// The directory that holds `networks`, `platforms`, ...: $QNNSIM_CONFIGS, beside the program, or
/// its source.
std::string config_directory();

}  // namespace qnnsim
