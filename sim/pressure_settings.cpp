// SPDX-License-Identifier: Apache-2.0
#include "sim/pressure_settings.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "sim/stall_file.h"

namespace qnnsim {

Pressure read_pressure(YamlReader& reader, std::uint64_t seed, Findings& findings) {
  constexpr std::int64_t kMostCycles = 1'000'000'000;
  std::vector<std::string> given;
  for (const char* key : {"interval", "stall_probability", "stall_cycles"}) {
    if (reader.has(key)) given.emplace_back(key);
  }
  const auto interval = reader.integer("interval", 1, 1, kMostCycles);
  const double probability = reader.probability("stall_probability");
  const std::string file = reader.file("stall_cycles");
  if (given.size() > 1) {
    reader.complain(given[1], fmt::format("'{}' and '{}' exclude each other", given[0], given[1]),
                    "give one of interval, stall_probability, stall_cycles");
  }
  if (reader.failed() || given.empty()) return {};
  if (given[0] == "interval") return Pressure::every(static_cast<std::uint64_t>(interval));
  if (given[0] == "stall_probability") return Pressure::random(probability, seed);
  return load_stall_file(file, reader.place("stall_cycles"), findings);
}

}  // namespace qnnsim
