// SPDX-License-Identifier: Apache-2.0
#include "sim/platform.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "sim/installation.h"
#include "sim/yaml_reader.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

PlatformMemory read_memory(YamlReader& reader) {
  PlatformMemory memory;
  memory.name = reader.text("name");
  memory.standard = reader.text("standard");
  memory.channels = static_cast<int>(reader.integer("channels", 1, 1, 1024));
  memory.data_bits = static_cast<int>(reader.integer("data_bits", {}, 1, 1 << 16));
  memory.size_gib = reader.positive("size_gib");
  if (reader.has("type")) memory.type = reader.text("type");
  reader.finish();
  return memory;
}

Platform read_platform(YamlReader& reader) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  Platform platform;
  platform.name = reader.text("platform");
  platform.part = reader.text("part");
  platform.lut = reader.integer("lut", {}, 0, kMost);
  platform.ff = reader.integer("ff", {}, 0, kMost);
  platform.dsp = reader.integer("dsp", {}, 0, kMost);
  reader.require("dsp_type", "DSP48E1, DSP48E2 or DSP58");
  platform.dsp_type = reader.choice("dsp_type", {"DSP48E1", "DSP48E2", "DSP58"});
  platform.bram18 = reader.integer("bram18", {}, 0, kMost);
  platform.uram = reader.integer("uram", {}, 0, kMost);
  platform.typical_clock_mhz = reader.positive("typical_clock_mhz");
  for (YamlReader& memory : reader.maps("memories", "a memory")) {
    platform.memories.push_back(read_memory(memory));
  }
  if (reader.has("processor")) {
    platform.processor = read_processor_costs(reader.map("processor", "the processor"));
  }
  reader.require("source", "where the figures stand");
  platform.source = reader.text("source");
  reader.finish();
  return platform;
}

}  // namespace

Platform load_platform(const std::string& name, const Place& place, Findings& findings) {
  const std::vector<std::string> known = config_names("platforms");
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    findings.add(place, fmt::format("unknown platform '{}'", name), suggest(name, known));
    return {};
  }
  const std::string path = (fs::path(config_directory()) / "platforms" / (name + ".yaml")).string();
  YamlPtr root = load_yaml(path, place, findings);
  if (!root) return {};
  YamlReader reader(std::move(root), "the platform", findings);
  Platform platform = read_platform(reader);
  if (!platform.name.empty() && platform.name != name) {
    reader.complain("platform",
                    fmt::format("the file is called '{}', so must be the platform", name));
  }
  return platform;
}

std::vector<std::string> config_names(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry :
       fs::directory_iterator(fs::path(config_directory()) / directory, ignored)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string config_directory() {
  if (const char* chosen = std::getenv("QNNSIM_CONFIGS")) return chosen;
  return installed_directory("configs");
}

}  // namespace qnnsim
