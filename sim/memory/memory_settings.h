// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/diagnostics.h"
#include "sim/memory/dram_spec.h"
#include "sim/memory/memory.h"
#include "sim/yaml_reader.h"

namespace qnnsim {

/// The tensors that are no layer's.
inline constexpr char kInputTensor[] = "input";
inline constexpr char kOutputTensor[] = "output";

/// A memory of a scenario.
struct MemorySettings {
  std::string name;  ///< "ddr0"
  Place place;
  DramSpec spec;
  Interconnect interconnect;
};

/// Where a tensor lies, and the master that moves it.
struct TensorSettings {
  std::string name;  ///< "input", "output" or "<layer>.weights"
  Place place;
  std::string memory;  ///< empty: the only one
  Place memory_place;
  std::optional<std::uint64_t> base;  ///< [bytes]
  Place base_place;
  std::optional<int> channel;  ///< of the memory; without, the tensor may lie anywhere
  Place channel_place;
  int bus_bits = 64;
  int max_burst = 16;   ///< [beats]
  int outstanding = 4;  ///< [bursts]
};

/// The blocks `memories` and `tensors` of a scenario.
struct MemoryChoices {
  std::vector<MemorySettings> memories;
  TensorSettings usual;  ///< for tensors without an entry
  std::vector<TensorSettings> tensors;

  /// The entry of a tensor; nullptr where it has none.
  const TensorSettings* find(const std::string& tensor) const;
  /// How a tensor lies in memory, whether it has an entry or not.
  TensorSettings of(const std::string& tensor) const;
  /// Index of the memory that it names, or of the only one; -1 where there is none.
  int memory_of(const TensorSettings& tensor) const;
};

/// Reads both blocks; what is wrong goes to `findings`.
MemoryChoices read_memories(YamlReader memories, YamlReader tensors, Findings& findings);

}  // namespace qnnsim
