// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/kernel_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "sim/pressure_settings.h"
#include "sim/settings.h"

namespace qnnsim {
namespace {

constexpr std::int64_t kMostInteger = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMostBeats = 1'000'000'000;
constexpr std::int64_t kMostLanes = 1 << 20;
constexpr std::int64_t kTimeout = 1'000'000;  ///< [cycles]

/// Reads one stream; `side` is "source" or "sink", `seed` the stream's own.
StreamStimulus read_stream(YamlReader& reader, const std::string& side, std::uint64_t seed,
                           Findings& findings) {
  StreamStimulus stream;
  stream.place = reader.place();
  if (reader.has("beats")) {
    stream.beats = static_cast<std::uint64_t>(reader.integer("beats", {}, 1, kMostBeats));
  }
  YamlReader pressure = reader.map(side, "the " + side);
  stream.pressure = read_pressure(pressure, derive_seed(seed, side.c_str()), findings);
  pressure.finish();
  if (side == "source") {
    if (reader.has("type")) stream.type = reader.type("type");
    if (reader.has("lanes")) {
      stream.lanes = static_cast<int>(reader.integer("lanes", {}, 1, kMostLanes));
      reader.require("type", "the type of one element");
    }
    stream.data_file = reader.file("data_file");
    stream.data_file_place = reader.place("data_file");
  }
  reader.finish();
  return stream;
}

/// Reads the streams under `key`: a map by name, or a list in the order of the module's ports.
std::vector<StreamStimulus> read_streams(YamlReader& stimulus, const std::string& key,
                                         const std::string& side, std::uint64_t seed,
                                         Findings& findings) {
  std::vector<StreamStimulus> streams;
  if (stimulus.is_list(key)) {
    for (YamlReader& reader : stimulus.maps(key, "a stream")) {
      const std::string position = std::to_string(streams.size());
      streams.push_back(read_stream(reader, side, derive_seed(seed, position.c_str()), findings));
    }
    return streams;
  }
  YamlReader map = stimulus.map(key, fmt::format("'{}'", key));
  for (const YamlValue::Member& member : map.members()) {
    YamlReader reader(member.value, fmt::format("the stream '{}'", member.key), findings);
    streams.push_back(read_stream(reader, side, derive_seed(seed, member.key.c_str()), findings));
    streams.back().name = member.key;
    streams.back().place = member.key_place;
  }
  return streams;
}

bool ends(const KernelFile& file) {
  const auto is_counted = [](const StreamStimulus& stream) { return stream.beats.has_value(); };
  return file.cycles || std::any_of(file.outputs.begin(), file.outputs.end(), is_counted) ||
         (file.outputs.empty() && std::any_of(file.inputs.begin(), file.inputs.end(), is_counted));
}

void read_stimulus(YamlReader reader, KernelFile& file, Findings& findings) {
  file.stimulus_place = reader.place();
  file.inputs = read_streams(reader, "inputs", "source", file.seed, findings);
  file.outputs = read_streams(reader, "outputs", "sink", file.seed, findings);
  if (reader.has("cycles")) {
    file.cycles = static_cast<std::uint64_t>(reader.integer("cycles", {}, 1, kMostInteger));
  }
  file.timeout_cycles =
      static_cast<std::uint64_t>(reader.integer("timeout_cycles", kTimeout, 1, kMostInteger));
  reader.finish();
  if (!reader.keys().empty() && !ends(file)) {
    findings.add(file.stimulus_place, "the stimulus has no end",
                 "give the 'beats' of an output, or 'cycles'");
  }
}

}  // namespace

bool is_kernel_file(const std::string& path) {
  Findings ignored;
  const YamlPtr root = load_yaml(path, {path, 0, 0}, ignored);
  return root && root->find("kernel") != nullptr && root->find("network") == nullptr;
}

KernelFile load_kernel_file(const std::string& path, const std::vector<std::string>& settings,
                            Findings& findings) {
  KernelFile file;
  file.path = path;
  file.name = std::filesystem::path(path).stem().string();
  YamlPtr root = load_yaml(path, {path, 0, 0}, findings);
  if (!root) return file;
  YamlReader reader(apply_settings(std::move(root), settings, findings), "the kernel file",
                    findings);
  file.seed = static_cast<std::uint64_t>(reader.integer("seed", 1, 0, kMostInteger));
  if (reader.has("clock_mhz")) file.clock_mhz = reader.positive("clock_mhz");
  YamlReader kernel = reader.map("kernel", "the kernel");
  file.rtl = read_foreign_rtl(kernel, findings);
  kernel.finish();
  reader.require("stimulus", "what the streams are offered");
  read_stimulus(reader.map("stimulus", "the stimulus"), file, findings);
  reader.finish();
  return file;
}

}  // namespace qnnsim
