// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dram_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "sim/input_file.h"
#include "sim/memory/address_map.h"
#include "sim/memory/address_map_file.h"
#include "sim/memory/dram_check.h"
#include "sim/memory/dramsim3_file.h"
#include "sim/platform.h"
#include "sim/yaml_reader.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMostCycles = 10'000'000;

class MemoryReader {
 public:
  MemoryReader(YamlReader& root, Findings& findings)
      : root_(root),
        cycles_(root.map("timing_cycles", "'timing_cycles'")),
        ns_(root.map("timing_ns", "'timing_ns'")),
        power_(root.map("power", "'power'")),
        controller_(root.map("controller", "'controller'")),
        findings_(findings) {}

  DramSpec read() {
    spec_.name = root_.text("memory");
    spec_.standard = root_.text("standard");
    spec_.tck_ps = root_.integer("tck_ps", {}, 1, 1'000'000);
    read_organisation();
    read_timing();
    read_power();
    read_controller();
    spec_.map = read_address_map(root_, "address_map", spec_);
    root_.require("source", "where the figures stand");
    spec_.source = root_.text("source");
    for (YamlReader* reader : {&root_, &cycles_, &ns_, &power_, &controller_}) reader->finish();
    return std::move(spec_);
  }

  /// The place of the value of `key`, in whichever part of the file.
  Place place_of(const std::string& key) const {
    for (const YamlReader* reader : {&cycles_, &ns_, &power_, &controller_}) {
      const std::vector<std::string> keys = reader->keys();
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) return reader->place(key);
    }
    return root_.place(key);
  }

 private:
  std::int64_t power_of_two(const char* key, std::int64_t high) {
    const std::int64_t value = root_.integer(key, {}, 1, high);
    if (exact_log2(value) >= 0) return value;
    root_.complain(key, fmt::format("'{}' must be a power of two, not {}", key, value));
    return 1;
  }

  int count(const char* key, std::int64_t high) {
    return static_cast<int>(power_of_two(key, high));
  }

  void read_organisation() {
    spec_.channels = count("channels", 1024);
    spec_.ranks = count("ranks", 1024);
    spec_.bank_groups = count("bank_groups", 1024);
    spec_.banks_per_group = count("banks_per_group", 1024);
    spec_.rows = power_of_two("rows", 1 << 30);
    spec_.columns = power_of_two("columns", 1 << 20);
    spec_.bus_bits = count("bus_bits", 1 << 16);
    spec_.device_bits = count("device_bits", 1 << 16);
    spec_.burst_length = count("burst_length", 1024);
  }

  /// The timing `key`, in cycles, from where it stands.
  int timing(const char* key, std::optional<int> fallback = {}) {
    const bool in_cycles = cycles_.has(key);
    const bool in_ns = ns_.has(key);
    if (in_cycles && in_ns) {
      ns_.complain(key, fmt::format("'{}' stands in 'timing_cycles' and in 'timing_ns'", key));
    }
    if (in_cycles) return static_cast<int>(cycles_.integer(key, {}, 0, kMostCycles));
    if (in_ns) return cycles_of(key, ns_.positive(key));
    if (!fallback) missing_.push_back(fmt::format("'{}'", key));
    return fallback.value_or(1);
  }

  /// A least distance is rounded up as JESD79-4 rounds: 0.026 cycles more are none. The refresh
  /// interval is a greatest one.
  int cycles_of(const std::string& key, double ns) const {
    const double cycles = ns * 1000 / double(spec_.tck_ps);
    const double whole = std::floor(key == "tREFI" ? cycles : cycles + 0.974);
    return static_cast<int>(std::min(whole, double(kMostCycles)));
  }

  void read_timing() {
    root_.has("timing_cycles");
    root_.has("timing_ns");
    DramTiming& t = spec_.timing;
    t.cl = timing("CL");
    t.cwl = timing("CWL");
    if (cycles_.has("tRCDRD") || ns_.has("tRCDRD")) {
      t.rcd_rd = timing("tRCDRD");
      t.rcd_wr = timing("tRCDWR");
    } else {
      t.rcd_rd = t.rcd_wr = timing("tRCD");
    }
    t.rp = timing("tRP");
    t.ras = timing("tRAS");
    if (spec_.bank_groups > 1) {
      t.ccd_s = timing("tCCD_S");
      t.ccd_l = timing("tCCD_L");
      t.rrd_s = timing("tRRD_S");
      t.rrd_l = timing("tRRD_L");
      t.wtr_s = timing("tWTR_S");
      t.wtr_l = timing("tWTR_L");
    } else {
      t.ccd_s = t.ccd_l = timing("tCCD");
      t.rrd_s = t.rrd_l = timing("tRRD");
      t.wtr_s = t.wtr_l = timing("tWTR");
    }
    t.faw = timing("tFAW");
    t.wr = timing("tWR");
    t.rtp = timing("tRTP");
    t.rtrs = timing("tRTRS");
    t.refi = timing("tREFI");
    t.rfc = timing("tRFC");
    t.ppd = timing("tPPD", 0);
    if (missing_.empty()) return;
    findings_.add(cycles_.place(),
                  fmt::format("the memory needs the timing{} {}", missing_.size() > 1 ? "s" : "",
                              join(missing_)),
                  "in 'timing_cycles' or in 'timing_ns'");
  }

  void read_power() {
    DramPower& power = spec_.power;
    power.vdd = power_.positive("vdd_v");
    power.idd0 = power_.positive("idd0_ma");
    power.idd2n = power_.positive("idd2n_ma");
    power.idd3n = power_.positive("idd3n_ma");
    power.idd4r = power_.positive("idd4r_ma");
    power.idd4w = power_.positive("idd4w_ma");
    power.idd5ab = power_.positive("idd5ab_ma");
  }

  int entries(const char* key, int fallback, int low) {
    return static_cast<int>(controller_.integer(key, fallback, low, 1 << 20));
  }

  void read_controller() {
    DramPolicy& policy = spec_.policy;
    if (controller_.choice("page", {"open", "closed"}) == "closed")
      policy.page = PagePolicy::kClosed;
    policy.unified_queue = controller_.boolean("unified_queue", policy.unified_queue);
    policy.read_queue = entries("read_queue", policy.read_queue, 1);
    policy.write_queue = entries("write_queue", policy.write_queue, 1);
    policy.write_drain_idle = entries("write_drain_idle", policy.write_drain_idle, 0);
    policy.bank_queue = entries("bank_queue", policy.bank_queue, 1);
    policy.row_hit_cap = entries("row_hit_cap", policy.row_hit_cap, 1);
    policy.refresh = controller_.boolean("refresh", policy.refresh);
    policy.separate_column_bus =
        controller_.boolean("separate_column_bus", policy.separate_column_bus);
  }

  YamlReader& root_;
  YamlReader cycles_;
  YamlReader ns_;
  YamlReader power_;
  YamlReader controller_;
  Findings& findings_;
  std::vector<std::string> missing_;  ///< timings
  DramSpec spec_;
};

DramSpec load_memory_file(const std::string& path, const Place& place, Findings& findings,
                          const std::string& name = {}) {
  const std::size_t before = findings.all().size();
  YamlPtr value = load_yaml(path, place, findings);
  if (!value) return {};
  YamlReader root(std::move(value), "the memory", findings);
  MemoryReader reader(root, findings);
  DramSpec spec = reader.read();
  if (!name.empty() && !spec.name.empty() && spec.name != name) {
    root.complain("memory", fmt::format("the file is called '{}', so must be the memory", name));
  }
  if (findings.all().size() == before) {
    check_dram(
        spec, [&](const std::string& key) { return reader.place_of(key); }, findings);
  }
  return spec;
}

}  // namespace

DramSpec load_memory(const std::string& text, const Place& place, Findings& findings) {
  const fs::path extension = fs::path(text).extension();
  if (extension == ".ini") return load_dramsim3(resolve_path(text, place), place, findings);
  if (extension == ".yaml" || extension == ".yml") {
    return load_memory_file(resolve_path(text, place), place, findings);
  }
  const std::vector<std::string> known = config_names("memories");
  if (std::find(known.begin(), known.end(), text) == known.end()) {
    const std::string near = suggest(text, known);
    const std::string files = "a memory file (.yaml) or a configuration of DRAMsim3 (.ini)";
    findings.add(place, fmt::format("unknown memory '{}'", text),
                 near.empty() ? files : near + "; or " + files);
    return {};
  }
  const std::string path = (fs::path(config_directory()) / "memories" / (text + ".yaml")).string();
  return load_memory_file(path, place, findings, text);
}

}  // namespace qnnsim
