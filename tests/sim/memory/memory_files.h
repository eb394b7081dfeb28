// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

#include "sim/memory/address_map.h"
#include "sim/memory/dram_file.h"
#include "tests/sim/temporary_file.h"

namespace qnnsim::test {

/// The memory that `text` means, which must be sound.
inline DramSpec load_sound(const std::string& text) {
  Findings findings;
  DramSpec spec = load_memory(text, {"test", 0, 0}, findings);
  EXPECT_EQ(findings.render(), "") << text;
  return spec;
}

/// A memory file without `address_map`.
inline const std::string kMemoryFile =
    "memory: small\n"
    "standard: DDR4-2400\n"
    "tck_ps: 833\n"
    "channels: 1\n"
    "ranks: 1\n"
    "bank_groups: 2\n"
    "banks_per_group: 4\n"
    "rows: 65536\n"
    "columns: 1024\n"
    "bus_bits: 64\n"
    "device_bits: 16\n"
    "burst_length: 8\n"
    "timing_cycles: {CL: 17, CWL: 12, tCCD_S: 4, tCCD_L: 6, tRTRS: 1}\n"
    "timing_ns: {tRCD: 14.16, tRP: 14.16, tRAS: 32, tRRD_S: 5.3, tRRD_L: 6.4, tFAW: 30,\n"
    "  tWR: 15, tWTR_S: 2.5, tWTR_L: 7.5, tRTP: 7.5, tREFI: 7800, tRFC: 350}\n"
    "power: {vdd_v: 1.2, idd0_ma: 80, idd2n_ma: 34, idd3n_ma: 47, idd4r_ma: 243, idd4w_ma: 228,\n"
    "  idd5ab_ma: 280}\n"
    "source: a test\n";

/// `text` with its first `from` replaced by `to`.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// The memory of a file of this text, which must be sound.
inline DramSpec load_text(const std::string& text) {
  return load_sound(write_temporary("memory.yaml", text));
}

/// Everything but the names and where the figures come from, one line each.
inline std::string figures_of(const DramSpec& s) {
  std::string text;
  const auto add = [&](const char* name, double value) {
    text += fmt::format("{} {}\n", name, value);
  };
  const DramTiming& t = s.timing;
  const DramPower& p = s.power;
  const DramPolicy& c = s.policy;
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, double>>{
           {"tck", double(s.tck_ps)},
           {"channels", s.channels},
           {"ranks", s.ranks},
           {"bank groups", s.bank_groups},
           {"banks", s.banks_per_group},
           {"rows", double(s.rows)},
           {"columns", double(s.columns)},
           {"bus", s.bus_bits},
           {"device", s.device_bits},
           {"burst", s.burst_length},
           {"cl", t.cl},
           {"cwl", t.cwl},
           {"rcd_rd", t.rcd_rd},
           {"rcd_wr", t.rcd_wr},
           {"rp", t.rp},
           {"ras", t.ras},
           {"ccd_s", t.ccd_s},
           {"ccd_l", t.ccd_l},
           {"rrd_s", t.rrd_s},
           {"rrd_l", t.rrd_l},
           {"faw", t.faw},
           {"wr", t.wr},
           {"wtr_s", t.wtr_s},
           {"wtr_l", t.wtr_l},
           {"rtp", t.rtp},
           {"rtrs", t.rtrs},
           {"refi", t.refi},
           {"rfc", t.rfc},
           {"ppd", t.ppd},
           {"vdd", p.vdd},
           {"idd0", p.idd0},
           {"idd2n", p.idd2n},
           {"idd3n", p.idd3n},
           {"idd4r", p.idd4r},
           {"idd4w", p.idd4w},
           {"idd5ab", p.idd5ab},
           {"closed", c.page == PagePolicy::kClosed},
           {"unified", c.unified_queue},
           {"read queue", c.read_queue},
           {"write queue", c.write_queue},
           {"drain", c.write_drain_idle},
           {"bank queue", c.bank_queue},
           {"cap", c.row_hit_cap},
           {"refresh", c.refresh},
           {"column bus", c.separate_column_bus}}) {
    add(name, value);
  }
  for (const AddressFieldName& field : address_fields()) {
    text += field.name;
    for (const auto& bit : (s.map.*field.field).bits)
      text += fmt::format(" {}", fmt::join(bit, "^"));
    text += "\n";
  }
  return text;
}

}  // namespace qnnsim::test
