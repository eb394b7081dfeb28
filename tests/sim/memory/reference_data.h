// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/memory/dramsim3_file.h"
#include "sim/memory/trace_replay.h"

namespace qnnsim::test {

/// Where runs of DRAMsim3 are kept: beside the sources, or where the environment says.
inline std::string reference_directory() {
  const char* shared = std::getenv("QNNSIM_SHARED_DATA");
  return std::string(shared != nullptr ? shared : QNNSIM_SOURCE_DIR "/../shared/data") +
         "/dram/reference/";
}

inline bool have_reference() {
  return std::ifstream(reference_directory() + "reference.csv").good();
}

inline std::ifstream open_reference(const std::string& name) {
  std::ifstream file(reference_directory() + name);
  if (!file) throw std::runtime_error("cannot read " + reference_directory() + name);
  return file;
}

/// One case: the figures of DRAMsim3 by their names, as printed.
using ReferenceCase = std::map<std::string, std::string>;

inline std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(line.substr(0, line.find('\r')));
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

inline std::vector<ReferenceCase> reference_cases() {
  std::ifstream file = open_reference("reference.csv");
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> names = split(line, ',');
  std::vector<ReferenceCase> cases;
  while (std::getline(file, line)) {
    const std::vector<std::string> values = split(line, ',');
    ReferenceCase& added = cases.emplace_back();
    for (std::size_t i = 0; i < names.size(); ++i) added[names[i]] = values.at(i);
  }
  return cases;
}

inline DramSpec reference_spec(const std::string& config) {
  Findings findings;
  DramSpec spec = load_dramsim3(reference_directory() + "config/" + config + ".ini", {}, findings);
  if (!findings.empty()) throw std::runtime_error(findings.render());
  return spec;
}

inline std::vector<TraceRequest> reference_trace(const std::string& name) {
  std::ifstream file = open_reference("traces/" + name);
  std::vector<TraceRequest> trace;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string address;
    std::string direction;
    TraceRequest request;
    words >> address >> direction >> request.cycle;
    request.address = std::stoull(address, nullptr, 16);
    request.write = direction == "WRITE";
    trace.push_back(request);
  }
  return trace;
}

}  // namespace qnnsim::test
