// SPDX-License-Identifier: Apache-2.0
//
// The channel against DRAMsim3 (umd-memsys), whose runs of 108 cases stand in the reference data:
// every figure equal as printed, and the commands themselves in the cases that recorded them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "sim/memory/address_map.h"
#include "tests/sim/memory/reference_data.h"

namespace qnnsim::test {
namespace {

using Figures = std::vector<std::pair<std::string, std::string>>;

/// What the simulator has to say of a case, in the form of the reference.
Figures figures(const ReplayResult& result) {
  const DramCounts& counts = result.counts;
  const auto count = [](std::uint64_t value) { return std::to_string(value); };
  const auto fixed = [](double value, int digits) { return fmt::format("{:.{}f}", value, digits); };
  return {
      {"requests", count(result.requests)},
      {"end_cycle", count(result.end_cycle)},
      {"last_accept_cycle", count(result.last_accept_cycle)},
      {"stall_cycles", count(result.stall_cycles)},
      {"last_read_return_cycle", count(counts.last_read_end)},
      {"flushed_writes", count(counts.flushed_writes)},
      {"avg_read_latency", fixed(result.average_read_latency, 4)},
      {"max_read_latency", count(counts.read_latency_max)},
      {"avg_write_latency", fixed(result.average_write_latency, 4)},
      {"num_act", count(counts.activates)},
      {"num_pre", count(counts.precharges)},
      {"num_rd", count(counts.reads)},
      {"num_wr", count(counts.writes)},
      {"num_ref", count(counts.refreshes)},
      {"rd_row_hits", count(counts.read_row_hits)},
      {"wr_row_hits", count(counts.write_row_hits)},
      {"ondemand_pre", count(counts.conflicts + counts.lost_precharges)},
      {"hbm_dual_cmds", count(counts.dual_commands)},
      {"rank_active_cycles", count(counts.rank_active_cycles)},
      {"rank_idle_cycles", count(counts.rank_idle_cycles)},
      {"E_act_pJ", fixed(result.energy.activate, 1)},
      {"E_rd_pJ", fixed(result.energy.read, 1)},
      {"E_wr_pJ", fixed(result.energy.write, 1)},
      {"E_ref_pJ", fixed(result.energy.refresh, 1)},
      {"E_background_pJ", fixed(result.energy.background, 1)},
      {"E_total_pJ", fixed(result.energy.total(), 1)},
      {"avg_power_mW", fixed(result.average_power_mw, 3)},
      {"bandwidth_GBps", fixed(result.bandwidth_gb_s, 5)},
  };
}

TEST(DramReference, EveryFigureOfEveryCaseIsThatOfDramsim3) {
  if (!have_reference()) GTEST_SKIP() << "skipped: no reference data of DRAMsim3";
  int exact = 0;
  const std::vector<ReferenceCase> cases = reference_cases();
  EXPECT_EQ(cases.size(), 108u);
  for (const ReferenceCase& expected : cases) {
    SCOPED_TRACE(expected.at("case"));
    ReplayOptions options;
    options.max_outstanding = std::stoull(expected.at("max_outstanding"));
    options.issue_width = std::stoi(expected.at("issue_width"));
    const ReplayResult result = replay(reference_spec(expected.at("config")),
                                       reference_trace(expected.at("trace")), options);
    bool all = true;
    for (const auto& [name, figure] : figures(result)) {
      // As numbers: the reference is printed without trailing zeros.
      const bool equal = std::stod(figure) == std::stod(expected.at(name));
      EXPECT_TRUE(equal) << name << ": " << figure << " instead of " << expected.at(name);
      all = all && equal;
    }
    exact += all;
  }
  std::cout << "exact in every figure: " << exact << " of " << cases.size() << " cases; source "
            << "DRAMsim3 (umd-memsys), tolerance 0\n";
}

std::string text(const DramCommand& command) {
  const DramAddress& address = command.address;
  switch (command.kind) {
    case DramCommandKind::kActivate:
    case DramCommandKind::kRead:
    case DramCommandKind::kWrite: {
      const std::map<DramCommandKind, std::string> names = {
          {DramCommandKind::kActivate, "activate"},
          {DramCommandKind::kRead, "read"},
          {DramCommandKind::kWrite, "write"}};
      return fmt::format("{} {}{} {} {} {} {:#x} {:#x}", command.cycle, names.at(command.kind),
                         command.precharges ? "_p" : "", address.rank, address.bank_group,
                         address.bank, address.row, address.column);
    }
    case DramCommandKind::kPrecharge:
      return fmt::format("{} precharge {} {} {}", command.cycle, address.rank, address.bank_group,
                         address.bank);
    case DramCommandKind::kRefresh:
      return fmt::format("{} refresh {}", command.cycle, address.rank);
  }
  return "";
}

/// A line of the reference: cycle, command, channel, rank, bank group, bank, row, column.
std::string expected_text(const std::string& line) {
  std::istringstream words(line);
  std::vector<std::string> word(8);
  for (std::string& next : word) words >> next;
  if (word[1] == "refresh") return word[0] + " refresh " + word[3];
  if (word[1] == "precharge") {
    return fmt::format("{} precharge {} {} {}", word[0], word[3], word[4], word[5]);
  }
  return fmt::format("{} {} {} {} {} {} {}", word[0], word[1], word[3], word[4], word[5], word[6],
                     word[7]);
}

class DramCommands : public testing::TestWithParam<const char*> {};

TEST_P(DramCommands, AreThoseOfDramsim3) {
  if (!have_reference()) GTEST_SKIP() << "skipped: no reference data of DRAMsim3";
  const std::string name = GetParam();
  const std::size_t cut = name.find("__");
  const DramSpec spec = reference_spec(name.substr(0, cut));
  const std::string trace = fmt::format("{}_{}B.trc", name.substr(cut + 2), spec.burst_bytes());

  std::vector<std::string> commands;
  DramChannel channel(spec);
  channel.observe([&](const DramCommand& command) { commands.push_back(text(command)); });
  for (const TraceRequest& request : reference_trace(trace)) {
    channel.run_until(std::max(channel.now(), request.cycle) + 1);
    channel.run_until_accepts(request.write, kNever);
    channel.accept(spec.map.decode(request.address), request.write, 0);
  }
  channel.finish();

  std::ifstream file = open_reference("cmdtrace_head/" + name + ".cmds");
  std::size_t compared = 0;
  for (std::string line; std::getline(file, line); ++compared) {
    ASSERT_LT(compared, commands.size());
    ASSERT_EQ(commands[compared], expected_text(line)) << "command " << compared;
  }
  EXPECT_EQ(compared, 600u);
}

INSTANTIATE_TEST_SUITE_P(
    Recorded, DramCommands,
    testing::Values("ddr4_2400_8gx8__seq_rd", "ddr4_2400_8gx8_bgil__inter_rr_b16",
                    "ddr4_2400_8gx8_bgil__inter_rw_b16", "ddr4_2400_8gx8_bgil__mix21",
                    "ddr4_2400_8gx8_bgil__rand_70_30", "ddr4_2400_8gx8_bgil__rand_rd",
                    "ddr4_2400_8gx8_bgil__seq_rd", "ddr4_2400_8gx8_bgil__seq_wr",
                    "ddr4_2400_8gx8_bgil__stride1m", "ddr4_2400_8gx8_bgil__stride8k",
                    "ddr4_2400_8gx8_bgil__wstream_b64_g1024",
                    "ddr4_2400_8gx8_bgil_uq__inter_rw_b16", "ddr4_2400_8gx8_bgil_uq__rand_70_30",
                    "ddr4_2400_8gx8_close__rand_rd", "ddr4_2400_8gx8_close__seq_rd",
                    "hbm2_8g_1ch__rand_rd", "hbm2_8g_1ch__seq_rd",
                    "lpddr4_3200_8gx16_1dev__rand_rd", "lpddr4_3200_8gx16_1dev__seq_rd"));

}  // namespace
}  // namespace qnnsim::test
