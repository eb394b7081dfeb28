// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dramsim3_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/input_file.h"
#include "sim/memory/address_map.h"
#include "sim/memory/dram_check.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMost = 1 << 24;

/// Keys that DRAMsim3 knows and that do not change when its commands are issued; and those that it
/// reads for some standards only.
const std::map<std::string, std::vector<std::string>>& passed_over() {
  static const std::map<std::string, std::vector<std::string>> keys = {
      {"dram_structure", {"num_dies"}},
      {"timing",
       {"tRFC2", "tRFC4", "tRFCb", "tREFIb", "tRPRE", "tWPRE", "tWR2", "tCKE", "tCKESR", "tCKSRE",
        "tXS", "tXP", "t32AW", "tRTP_L", "tRTP_S", "tRCD", "tRCDRD", "tRCDWR", "tPPD"}},
      {"power", {"IPP0", "IDD2P", "IDD3P", "IDD5PB", "IDD6x"}},
      {"system", {"write_buf_size", "sref_threshold"}},
      {"other", {"epoch_period", "output_level", "output_prefix"}},
      {"thermal",
       {"const_logic_power", "mat_dim_x", "mat_dim_y", "row_tile", "loc_mapping", "bank_order",
        "bank_layer_order", "chip_dim_x", "chip_dim_y", "amb_temp", "power_epoch_period"}},
  };
  return keys;
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return text.substr(text.size());
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// Reads the keys of one file and remembers which were asked for. Case does not count, as in
/// DRAMsim3.
class IniReader {
 public:
  IniReader(std::string path, Findings& findings) : path_(std::move(path)), findings_(findings) {}

  void parse(const std::string& text) {
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      ++line_;
      parse_line(line);
    }
  }

  /// Has nothing been wrong so far?
  bool sound() const { return findings_.all().size() == before_; }

  bool has(const std::string& section, const std::string& key) { return find(section, key); }

  std::int64_t integer(const std::string& section, const std::string& key,
                       std::optional<std::int64_t> fallback, std::int64_t low,
                       std::int64_t high = kMost) {
    const Entry* entry = find(section, key);
    const std::string expected = fmt::format("an integer from {} to {}", low, high);
    if (!entry) return absent(section, key, fallback, expected, low);
    std::int64_t value = 0;
    const char* end = entry->value.data() + entry->value.size();
    const auto result = std::from_chars(entry->value.data(), end, value);
    if (result.ec == std::errc() && result.ptr == end && value >= low && value <= high)
      return value;
    must_be(*entry, key, expected);
    return fallback.value_or(low);
  }

  int count(const std::string& section, const std::string& key,
            std::optional<std::int64_t> fallback, std::int64_t low = 1) {
    return static_cast<int>(integer(section, key, fallback, low));
  }

  double positive(const std::string& section, const std::string& key) {
    const Entry* entry = find(section, key);
    const std::string expected = "a number above 0";
    if (!entry) return absent(section, key, std::optional<double>(), expected, 1.0);
    double value = 0;
    const char* end = entry->value.data() + entry->value.size();
    const auto result = std::from_chars(entry->value.data(), end, value);
    if (result.ec == std::errc() && result.ptr == end && value > 0 && value < 1e6) return value;
    must_be(*entry, key, expected);
    return 1;
  }

  bool boolean(const std::string& section, const std::string& key, bool fallback) {
    const Entry* entry = find(section, key);
    if (!entry) return fallback;
    const std::string value = lower_case(entry->value);
    if (value == "true" || value == "yes" || value == "on" || value == "1") return true;
    if (value == "false" || value == "no" || value == "off" || value == "0") return false;
    must_be(*entry, key, "true or false");
    return fallback;
  }

  /// One of `choices`; the first where the key is absent or wrong. `why` is told with a wrong one.
  std::string choice(const std::string& section, const std::string& key,
                     const std::vector<std::string>& choices, const std::string& why) {
    const Entry* entry = find(section, key);
    if (!entry) return choices.front();
    if (std::find(choices.begin(), choices.end(), entry->value) != choices.end())
      return entry->value;
    must_be(*entry, key, (choices.size() > 1 ? "one of " : "") + join(choices), why);
    return choices.front();
  }

  std::string text(const std::string& section, const std::string& key) {
    const Entry* entry = find(section, key);
    if (entry) return entry->value;
    absent(section, key, std::optional<int>(), "", 0);
    return {};
  }

  /// The place of the value of `key`; of its section, or the file's beginning, where there is none.
  Place place(const std::string& section, const std::string& key) const {
    const auto entry = entries_.find({section, lower_case(key)});
    if (entry != entries_.end()) return entry->second.place;
    const auto header = sections_.find(section);
    return header != sections_.end() ? header->second : Place{path_, 1, 1};
  }

  void complain(const std::string& section, const std::string& key, const std::string& message,
                const std::string& hint = {}) {
    findings_.add(place(section, key), message, hint);
  }

  /// Adds the findings about keys that nobody asked for.
  void finish() {
    for (const auto& [section, place] : sections_) {
      if (!is_known(section))
        findings_.add(place, fmt::format("unknown section [{}]", section),
                      suggest(section, known_sections()));
    }
    for (const auto& [place, entry] : entries_) {
      const std::string& section = place.first;
      const std::string& name = place.second;
      if (!is_known(section)) continue;
      const std::vector<std::string> known = known_keys(section);
      const bool is_known_key = std::any_of(
          known.begin(), known.end(), [&name](const auto& key) { return lower_case(key) == name; });
      if (is_known_key) continue;
      findings_.add(entry.key_place, fmt::format("unknown key '{}' in [{}]", entry.key, section),
                    suggest(entry.key, known));
    }
  }

 private:
  struct Entry {
    std::string key;
    Place key_place;
    std::string value;
    Place place;
  };

  void parse_line(std::string_view line) {
    const std::string_view whole = trimmed(line);
    if (whole.empty() || whole.front() == ';' || whole.front() == '#') return;
    // An ending comment begins with a semicolon behind a space.
    std::size_t comment = line.find(" ;");
    comment = std::min(comment, line.find("\t;"));
    const std::string_view content = trimmed(line.substr(0, comment));
    if (content.front() == '[') {
      parse_section(line, content);
    } else {
      parse_entry(line, content);
    }
  }

  void parse_section(std::string_view line, std::string_view content) {
    if (content.back() != ']') {
      findings_.add(at(line, content), fmt::format("'{}' has no ']'", content));
    }
    section_ = lower_case(content.substr(1, content.find(']') - 1));
    sections_.try_emplace(section_, at(line, content));
  }

  void parse_entry(std::string_view line, std::string_view content) {
    const std::size_t equals = content.find_first_of("=:");
    const std::string_view key = trimmed(content.substr(0, equals));
    if (equals == std::string_view::npos || key.empty() || section_.empty()) {
      findings_.add(at(line, content),
                    fmt::format("'{}' is not 'key = value' in a [section]", content));
      return;
    }
    const std::string_view value = trimmed(content.substr(equals + 1));
    const Entry entry{std::string(key), at(line, key), std::string(value), at(line, value)};
    const auto [known, is_new] = entries_.try_emplace({section_, lower_case(key)}, entry);
    if (is_new) return;
    findings_.add(entry.key_place, fmt::format("'{}' stands in [{}] twice", key, section_),
                  fmt::format("it stands in line {} already", known->second.key_place.line));
  }

  Place at(std::string_view line, std::string_view part) const {
    return {path_, line_, static_cast<int>(part.data() - line.data()) + 1};
  }

  const Entry* find(const std::string& section, const std::string& key) {
    asked_[section].insert(key);
    const auto entry = entries_.find({section, lower_case(key)});
    return entry != entries_.end() ? &entry->second : nullptr;
  }

  template <typename Number>
  Number absent(const std::string& section, const std::string& key, std::optional<Number> fallback,
                const std::string& expected, Number otherwise) {
    if (fallback) return *fallback;
    findings_.add(place(section, key), fmt::format("[{}] needs the key '{}'", section, key),
                  expected.empty() ? "" : fmt::format("'{}' is {}", key, expected));
    return otherwise;
  }

  void must_be(const Entry& entry, const std::string& key, const std::string& expected,
               const std::string& hint = {}) {
    findings_.add(entry.place,
                  fmt::format("'{}' must be {}, not {}", key, expected,
                              entry.value.empty() ? "empty" : entry.value.substr(0, 40)),
                  hint);
  }

  bool is_known(const std::string& section) const {
    return asked_.count(section) + passed_over().count(section) > 0;
  }

  std::vector<std::string> known_sections() const {
    std::set<std::string> names;
    for (const auto& [section, keys] : asked_) names.insert(section);
    for (const auto& [section, keys] : passed_over()) names.insert(section);
    return {names.begin(), names.end()};
  }

  std::vector<std::string> known_keys(const std::string& section) const {
    std::vector<std::string> keys;
    if (const auto asked = asked_.find(section); asked != asked_.end())
      keys.assign(asked->second.begin(), asked->second.end());
    if (const auto passed = passed_over().find(section); passed != passed_over().end())
      keys.insert(keys.end(), passed->second.begin(), passed->second.end());
    return keys;
  }

  const std::string path_;
  Findings& findings_;
  const std::size_t before_ = findings_.all().size();
  int line_ = 0;
  std::string section_;
  std::map<std::string, Place> sections_;
  std::map<std::pair<std::string, std::string>, Entry> entries_;  ///< of section and key
  std::map<std::string, std::set<std::string>> asked_;
};

/// The speed grade nearest to a clock that is rounded to hundredths of a nanosecond: "DDR4-2400".
std::string standard_of(const std::string& protocol, std::int64_t tck_ps) {
  constexpr int kGrades[] = {800,  1066, 1333, 1600, 1866, 2000, 2133,
                             2400, 2666, 2933, 3200, 3733, 4266};
  const double rate = 2e6 / double(tck_ps);
  for (const int grade : kGrades) {
    if (std::abs(rate / grade - 1) < 0.015) return fmt::format("{}-{}", protocol, grade);
  }
  return fmt::format("{}-{:.0f}", protocol, rate);
}

class Dramsim3Reader {
 public:
  explicit Dramsim3Reader(IniReader& ini) : ini_(ini) {}

  /// Nothing but a finding where the standard is not modelled: the rest depends on it.
  std::optional<DramSpec> read() {
    const std::string protocol = ini_.text("dram_structure", "protocol");
    const std::vector<std::string> modelled = {"DDR3", "DDR4", "LPDDR3", "LPDDR4", "HBM", "HBM2"};
    if (std::find(modelled.begin(), modelled.end(), protocol) == modelled.end()) {
      ini_.choice("dram_structure", "protocol", modelled, "GDDR and HMC are not modelled");
      return std::nullopt;
    }
    is_hbm_ = protocol == "HBM" || protocol == "HBM2";
    read_structure();
    read_timing(protocol == "LPDDR4");
    read_power();
    read_system();
    spec_.standard = standard_of(protocol, spec_.tck_ps);
    return spec_;
  }

  /// What DRAMsim3 takes where the file is silent, for the record: "tRTRS 2".
  const std::vector<std::string>& defaults() const { return defaults_; }

 private:
  void read_structure() {
    const std::string section = "dram_structure";
    spec_.bank_groups = ini_.count(section, "bankgroups", {});
    spec_.banks_per_group = ini_.count(section, "banks_per_group", {});
    if (!ini_.boolean(section, "bankgroup_enable", true)) {
      spec_.banks_per_group *= std::exchange(spec_.bank_groups, 1);
    }
    spec_.rows = ini_.integer(section, "rows", {}, 1);
    // A column of an HBM file is two words of the device.
    spec_.columns = ini_.integer(section, "columns", {}, 1) * (is_hbm_ ? 2 : 1);
    spec_.device_bits = ini_.count(section, "device_width", {});
    // A burst of 0, in DRAMsim3 one that takes no time, is nothing that a DRAM could do.
    spec_.burst_length = ini_.count(section, "BL", {});
    spec_.policy.separate_column_bus = ini_.boolean(section, "hbm_dual_cmd", true) && is_hbm_;
  }

  int cycles(const char* key, int low = 1) { return ini_.count("timing", key, {}, low); }

  int cycles_or(const char* key, int fallback) {
    if (!ini_.has("timing", key)) defaults_.push_back(fmt::format("{} {}", key, fallback));
    return ini_.count("timing", key, fallback, 0);
  }

  void read_timing(bool is_lpddr4) {
    spec_.tck_ps = std::max<std::int64_t>(1, std::llround(1000 * ini_.positive("timing", "tCK")));
    DramTiming& timing = spec_.timing;
    // Additive latency delays column commands in the device: for a controller it is a longer way
    // from them and a shorter one to them.
    const int al = ini_.count("timing", "AL", 0, 0);
    timing.cl = al + cycles("CL");
    timing.cwl = al + cycles("CWL");
    timing.rcd_rd = cycles(is_hbm_ ? "tRCDRD" : "tRCD") - al;
    timing.rcd_wr = cycles(is_hbm_ ? "tRCDWR" : "tRCD") - al;
    timing.rp = cycles("tRP");
    timing.ras = cycles("tRAS");
    timing.wr = cycles("tWR");
    timing.faw = cycles("tFAW");
    timing.refi = cycles("tREFI");
    timing.rfc = cycles("tRFC");
    // With one bank group nothing is in another one, and DRAMsim3 takes the short distances.
    const bool grouped = spec_.bank_groups > 1;
    timing.ccd_s = cycles("tCCD_S");
    timing.rrd_s = cycles("tRRD_S");
    timing.wtr_s = cycles("tWTR_S");
    timing.ccd_l = grouped ? cycles("tCCD_L") : (ini_.has("timing", "tCCD_L"), timing.ccd_s);
    timing.rrd_l = grouped ? cycles("tRRD_L") : (ini_.has("timing", "tRRD_L"), timing.rrd_s);
    timing.wtr_l = grouped ? cycles("tWTR_L") : (ini_.has("timing", "tWTR_L"), timing.wtr_s);
    // DRAMsim3 never looks at tRTP_L and tRTP_S, which its HBM files have in place of tRTP, and
    // simulates them with its default of 5. This reader means what DRAMsim3 means; other standards
    // must say what their tRTP is.
    timing.rtp = al + (is_hbm_ ? cycles_or("tRTP", 5) : cycles("tRTP"));
    timing.rtrs = cycles_or("tRTRS", 2);
    timing.ppd = is_lpddr4 ? ini_.count("timing", "tPPD", 0, 0) : 0;
  }

  void read_power() {
    DramPower& power = spec_.power;
    power.vdd = ini_.positive("power", "VDD");
    power.idd0 = ini_.positive("power", "IDD0");
    power.idd2n = ini_.positive("power", "IDD2N");
    power.idd3n = ini_.positive("power", "IDD3N");
    power.idd4r = ini_.positive("power", "IDD4R");
    power.idd4w = ini_.positive("power", "IDD4W");
    power.idd5ab = ini_.positive("power", "IDD5AB");
  }

  void read_system() {
    spec_.channels = ini_.count("system", "channels", 1);
    spec_.bus_bits = ini_.count("system", "bus_width", {});
    DramPolicy& policy = spec_.policy;
    const std::string not_modelled = "qnnsim has no other";
    ini_.choice("system", "queue_structure", {"PER_BANK"}, not_modelled);
    ini_.choice("system", "refresh_policy", {"RANK_LEVEL_STAGGERED"}, not_modelled);
    if (ini_.choice("system", "row_buf_policy", {"OPEN_PAGE", "CLOSE_PAGE"}, not_modelled) ==
        "CLOSE_PAGE") {
      policy.page = PagePolicy::kClosed;
    }
    for (const char* key : {"enable_self_refresh", "aggressive_precharging_enabled"}) {
      if (ini_.boolean("system", key, false)) {
        ini_.complain("system", key, fmt::format("'{}' must be false: it is not modelled", key));
      }
    }
    ini_.integer("system", "mega_tick", 1, 1, 1);
    // Both queues of DRAMsim3 have this size; its write_buf_size is read and forgotten.
    policy.read_queue = ini_.count("system", "trans_queue_size", 32);
    policy.write_queue = policy.read_queue;
    policy.bank_queue = ini_.count("system", "cmd_queue_size", 16);
    policy.unified_queue = ini_.boolean("system", "unified_queue", false);
    read_ranks();
    read_map();
  }

  void read_ranks() {
    const std::int64_t channel_mb = ini_.integer("system", "channel_size", {}, 1);
    spec_.ranks = 1;
    const bool whole_devices = spec_.bus_bits % spec_.device_bits == 0;  // else a contradiction
    if (!whole_devices || !ini_.sound()) return;
    const double rank_mb = double(spec_.columns) * spec_.device_bits / 8 / 1024 *
                           double(spec_.rows) / 1024 * spec_.banks() * spec_.devices();
    const double ranks = double(channel_mb) / rank_mb;
    if (ranks < 1 || ranks != std::floor(ranks)) {
      ini_.complain(
          "system", "channel_size",
          fmt::format("'channel_size' ({} MB) must be a multiple of a rank's size, {:g} MB",
                      channel_mb, rank_mb));
      return;
    }
    spec_.ranks = static_cast<int>(ranks);
  }

  void read_map() {
    const std::string text = ini_.text("system", "address_mapping");
    if (text.empty()) return;
    static const std::map<std::string, std::string> names = {
        {"ch", "channel"}, {"ra", "rank"}, {"bg", "bank_group"},
        {"ba", "bank"},    {"ro", "row"},  {"co", "column"}};
    std::vector<AddressPart> parts;
    for (const AddressFieldName& field : address_fields()) parts.push_back({&field, 0});
    std::vector<AddressPart> ordered;
    std::set<std::string> seen;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
      const auto name = names.find(text.substr(i, 2));
      if (name == names.end() || !seen.insert(name->first).second) break;
      ordered.push_back(*std::find_if(parts.begin(), parts.end(), [&](const AddressPart& part) {
        return part.field->name == name->second;
      }));
    }
    if (ordered.size() != parts.size() || text.size() != 2 * parts.size()) {
      ini_.complain(
          "system", "address_mapping",
          fmt::format("'address_mapping' must name ch, ra, bg, ba, ro and co once each, not {}",
                      text.substr(0, 40)),
          "from the most significant on, as in rochrababgco");
      return;
    }
    if (counts_are_powers_of_two(spec_)) spec_.map = ordered_map(ordered, spec_);
  }

  IniReader& ini_;
  bool is_hbm_ = false;
  DramSpec spec_;
  std::vector<std::string> defaults_;
};

/// The place of what memory files call `key`.
Place place_of(const IniReader& ini, const std::string& key) {
  static const std::map<std::string, std::pair<const char*, const char*>> keys = {
      {"tck_ps", {"timing", "tCK"}},
      {"tCCD", {"timing", "tCCD_S"}},
      {"tRRD", {"timing", "tRRD_S"}},
      {"tWTR", {"timing", "tWTR_S"}},
      {"vdd_v", {"power", "VDD"}},
      {"idd3n_ma", {"power", "IDD3N"}},
      {"idd4r_ma", {"power", "IDD4R"}},
      {"idd4w_ma", {"power", "IDD4W"}},
      {"idd5ab_ma", {"power", "IDD5AB"}},
      {"channels", {"system", "channels"}},
      {"ranks", {"system", "channel_size"}},
      {"bus_bits", {"system", "bus_width"}},
      {"address_map", {"system", "address_mapping"}},
      {"bank_groups", {"dram_structure", "bankgroups"}},
      {"device_bits", {"dram_structure", "device_width"}},
      {"burst_length", {"dram_structure", "BL"}},
      {"banks_per_group", {"dram_structure", "banks_per_group"}},
      {"rows", {"dram_structure", "rows"}},
      {"columns", {"dram_structure", "columns"}},
  };
  const auto known = keys.find(key);
  return known == keys.end() ? ini.place("timing", key)
                             : ini.place(known->second.first, known->second.second);
}

}  // namespace

DramSpec load_dramsim3(const std::string& path, const Place& place, Findings& findings) {
  const auto text = read_file(path, place, findings);
  if (!text) return {};
  IniReader ini(path, findings);
  ini.parse(*text);
  Dramsim3Reader reader(ini);
  const std::optional<DramSpec> read = reader.read();
  if (!read) return {};
  DramSpec spec = *read;
  ini.finish();
  spec.name = fs::path(path).stem().string();
  spec.source = "configuration of DRAMsim3, " + fs::path(path).filename().string();
  if (ini.sound()) {
    check_dram(
        spec, [&](const std::string& key) { return place_of(ini, key); }, findings);
  }
  if (!reader.defaults().empty()) {
    spec.source += fmt::format(" (its defaults: {})", join(reader.defaults()));
  }
  return spec;
}

}  // namespace qnnsim
