// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dram_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "sim/memory/address_map.h"

namespace qnnsim {
namespace {

/// Tells what cannot be in a specification, by the names that keys have in memory files.
class Contradictions {
 public:
  explicit Contradictions(const DramSpec& spec) : spec_(spec) {}

  std::vector<std::string> find() {
    check_counts();
    check_timing();
    check_power();
    check_policy();
    if (found_.empty()) check_size();
    if (found_.empty()) check_map();
    return std::move(found_);
  }

 private:
  template <typename... Args>
  void tell(fmt::format_string<Args...> format, Args&&... args) {
    found_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  void power_of_two(const char* key, std::int64_t value) {
    if (exact_log2(value) < 0) tell("'{}' must be a power of two, not {}", key, value);
  }

  void at_least(const char* key, std::int64_t value, std::int64_t least) {
    if (value < least) tell("'{}' must be at least {}, not {}", key, least, value);
  }

  /// `key` may not be below `other`; both in cycles.
  void not_below(const char* key, int value, const char* other, int least) {
    if (value < least) tell("'{}' ({} cycles) is below '{}' ({} cycles)", key, value, other, least);
  }

  void check_counts() {
    at_least("tck_ps", spec_.tck_ps, 1);
    power_of_two("channels", spec_.channels);
    power_of_two("ranks", spec_.ranks);
    power_of_two("bank_groups", spec_.bank_groups);
    power_of_two("banks_per_group", spec_.banks_per_group);
    power_of_two("rows", spec_.rows);
    power_of_two("columns", spec_.columns);
    power_of_two("bus_bits", spec_.bus_bits);
    power_of_two("device_bits", spec_.device_bits);
    power_of_two("burst_length", spec_.burst_length);
    if (spec_.bus_bits % 8 != 0) tell("'bus_bits' must be whole bytes, not {}", spec_.bus_bits);
    if (spec_.burst_length % 2 != 0) {
      tell("'burst_length' must be even, two transfers a cycle, not {}", spec_.burst_length);
    }
    if (spec_.bus_bits < spec_.device_bits) {
      tell("'bus_bits' ({}) is below 'device_bits' ({})", spec_.bus_bits, spec_.device_bits);
    }
    if (spec_.columns < spec_.burst_length) {
      tell("'columns' ({}) is below 'burst_length' ({}): a burst stays in its row", spec_.columns,
           spec_.burst_length);
    }
  }

  void check_timing() {
    const DramTiming& t = spec_.timing;
    const bool grouped = spec_.bank_groups > 1;
    const bool split = t.rcd_rd != t.rcd_wr;
    for (const auto& [key, value] : {std::pair<const char*, int>{"CL", t.cl},
                                     {"CWL", t.cwl},
                                     {split ? "tRCDRD" : "tRCD", t.rcd_rd},
                                     {split ? "tRCDWR" : "tRCD", t.rcd_wr},
                                     {"tRP", t.rp},
                                     {"tRAS", t.ras},
                                     {grouped ? "tCCD_S" : "tCCD", t.ccd_s},
                                     {grouped ? "tRRD_S" : "tRRD", t.rrd_s},
                                     {"tFAW", t.faw},
                                     {"tWR", t.wr},
                                     {grouped ? "tWTR_S" : "tWTR", t.wtr_s},
                                     {"tRTP", t.rtp},
                                     {"tREFI", t.refi},
                                     {"tRFC", t.rfc}}) {
      if (std::find(told_.begin(), told_.end(), key) != told_.end()) continue;
      if (value < 1) told_.emplace_back(key);
      at_least(key, value, 1);
    }
    at_least("tRTRS", t.rtrs, 0);
    at_least("tPPD", t.ppd, 0);
    not_below("tRAS", t.ras, split ? "tRCDRD" : "tRCD", t.rcd_rd);
    if (grouped) {
      not_below("tCCD_L", t.ccd_l, "tCCD_S", t.ccd_s);
      not_below("tRRD_L", t.rrd_l, "tRRD_S", t.rrd_s);
      not_below("tWTR_L", t.wtr_l, "tWTR_S", t.wtr_s);
    } else if (t.ccd_s != t.ccd_l || t.rrd_s != t.rrd_l || t.wtr_s != t.wtr_l) {
      tell("'bank_groups' is 1, but distances within and between bank groups differ");
    }
    not_below("tFAW", t.faw, grouped ? "tRRD_S" : "tRRD", t.rrd_s);
    // A rank is refreshed every tREFI and must come to work in between.
    if (spec_.policy.refresh && t.rfc + t.rp >= t.refi) {
      tell("'tRFC' ({} cycles) and tRP ({} cycles) leave nothing of 'tREFI' ({} cycles)", t.rfc,
           t.rp, t.refi);
    }
  }

  void check_power() {
    const DramPower& power = spec_.power;
    if (!(power.vdd > 0)) tell("'vdd_v' must be above 0, not {}", power.vdd);
    for (const auto& [key, value] : {std::pair<const char*, double>{"idd4r_ma", power.idd4r},
                                     {"idd4w_ma", power.idd4w},
                                     {"idd5ab_ma", power.idd5ab}}) {
      if (value < power.idd3n) {
        tell("'{}' ({} mA) is below 'idd3n_ma' ({} mA), which is the current without a command",
             key, value, power.idd3n);
      }
    }
    if (power.idd3n < power.idd2n) {
      tell("'idd3n_ma' ({} mA) is below 'idd2n_ma' ({} mA)", power.idd3n, power.idd2n);
    }
  }

  void check_policy() {
    const DramPolicy& policy = spec_.policy;
    at_least("read_queue", policy.read_queue, 1);
    at_least("write_queue", policy.write_queue, 1);
    at_least("bank_queue", policy.bank_queue, 1);
    at_least("row_hit_cap", policy.row_hit_cap, 1);
    at_least("write_drain_idle", policy.write_drain_idle, 0);
  }

  void check_size() {
    int bits = exact_log2(spec_.burst_bytes());
    for (const AddressFieldName& field : address_fields()) bits += exact_log2(field.places(spec_));
    if (bits > kMostBits) {
      tell("'rows' ({}) and the other counts make 2^{} bytes; 2^{} are possible", spec_.rows, bits,
           kMostBits);
    }
  }

  /// The map must send every burst of the DRAM to a place of its own.
  void check_map() {
    const int low = exact_log2(spec_.burst_bytes());
    const int high = exact_log2(spec_.bytes());
    std::map<int, std::string> named;
    std::vector<std::uint64_t> rows;
    for (const AddressFieldName& field : address_fields()) {
      const auto& bits = (spec_.map.*field.field).bits;
      const std::int64_t places = field.places(spec_);
      if (static_cast<int>(bits.size()) != exact_log2(places)) {
        tell("'address_map' gives '{}' {} bits, but {} of them need {}", field.name, bits.size(),
             places, exact_log2(places));
      }
      for (const std::vector<int>& sources : bits) {
        rows.push_back(0);
        for (const int source : sources) {
          check_bit(field.name, source, low, high);
          rows.back() ^= source < 64 && source >= 0 ? std::uint64_t{1} << source : 0;
        }
        if (sources.size() != 1) continue;
        const auto [other, is_new] = named.try_emplace(sources.front(), field.name);
        if (!is_new) {
          tell("'address_map' names address bit {} twice, in '{}' and '{}'", sources.front(),
               other->second, field.name);
        }
      }
    }
    if (found_.empty() && rank(rows) < static_cast<std::size_t>(high - low)) {
      tell("'address_map' sends different addresses to the same place");
    }
  }

  void check_bit(const char* field, int bit, int low, int high) {
    if (bit < low) {
      tell("'address_map' names address bit {} in '{}', within a burst of {} bytes (bits 0 to {})",
           bit, field, spec_.burst_bytes(), low - 1);
    } else if (bit >= high) {
      tell("'address_map' names address bit {} in '{}', above the memory of {} bytes (bit {})", bit,
           field, spec_.bytes(), high - 1);
    }
  }

  /// Of a matrix over the field of two elements, a word a row.
  static std::size_t rank(std::vector<std::uint64_t> rows) {
    std::size_t found = 0;
    for (int bit = 0; bit < 64; ++bit) {
      const auto has_bit = [bit](std::uint64_t row) { return (row >> bit & 1) != 0; };
      const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(found);
      const auto pivot = std::find_if(begin, rows.end(), has_bit);
      if (pivot == rows.end()) continue;
      std::iter_swap(begin, pivot);
      for (auto row = begin + 1; row != rows.end(); ++row) {
        if (has_bit(*row)) *row ^= *begin;
      }
      ++found;
    }
    return found;
  }

  static constexpr int kMostBits = 48;

  const DramSpec& spec_;
  std::vector<std::string> told_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> contradictions(const DramSpec& spec) {
  return Contradictions(spec).find();
}

}  // namespace qnnsim
