// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/replay_report.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "sim/text_lines.h"
#include "sim/text_table.h"
#include "version.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

/// "memory/trace", and "/moN" where N requests may be outstanding; a trace bears the size of its
/// requests in its file's name, which is that of the memory's bursts.
std::string case_name(const ReplayRun& run) {
  std::string trace = fs::path(run.trace).stem().string();
  const std::string size = fmt::format("_{}B", run.memory.burst_bytes());
  if (trace.size() > size.size() && trace.substr(trace.size() - size.size()) == size) {
    trace.resize(trace.size() - size.size());
  }
  std::string name = run.memory.name + "/" + trace;
  if (run.options.max_outstanding > 0) name += fmt::format("/mo{}", run.options.max_outstanding);
  return name;
}

/// "8 GiB", "512 MiB".
std::string size_text(std::int64_t bytes) {
  const std::int64_t mib = bytes >> 20;
  if (mib == 0) return fmt::format("{} bytes", bytes);
  return mib % 1024 == 0 ? fmt::format("{} GiB", mib / 1024) : fmt::format("{} MiB", mib);
}

std::string plural(std::int64_t count, const std::string& what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// "4/6", short and long; "8" where they are equal.
std::string pair(int first, int second) {
  return first == second ? fmt::format("{}", first) : fmt::format("{}/{}", first, second);
}

/// Writes one replay, section by section.
class ReplayWriter : private TextLines {
 public:
  explicit ReplayWriter(const ReplayRun& run)
      : run_(run), memory_(run.memory), result_(run.result), counts_(run.result.counts) {}

  std::string write() {
    write_header();
    write_times();
    write_commands();
    write_energy();
    return std::move(text_);
  }

 private:
  double ns(double cycles) const { return cycles * double(memory_.tck_ps) / 1000.0; }

  void write_header() {
    const DramTiming& t = memory_.timing;
    const DramPolicy& policy = memory_.policy;
    line("memory      {}: {}, {}, {}, {} of {} bits", memory_.name, memory_.standard,
         size_text(memory_.bytes()), plural(memory_.ranks, "rank"),
         plural(memory_.channels, "channel"), memory_.bus_bits);
    line("            {} of {}, {} rows of {} bursts of {} bytes, {} ns a cycle",
         plural(memory_.bank_groups, "bank group"), plural(memory_.banks_per_group, "bank"),
         memory_.rows, memory_.bursts_per_row(), memory_.burst_bytes(),
         double(memory_.tck_ps) / 1000.0);
    line("timing      CL {}, CWL {}, tRCD {}, tRP {}, tRAS {}, tCCD {}, tRRD {}, tFAW {}, tWR {},",
         t.cl, t.cwl, pair(t.rcd_rd, t.rcd_wr), t.rp, t.ras, pair(t.ccd_s, t.ccd_l),
         pair(t.rrd_s, t.rrd_l), t.faw, t.wr);
    line("            tWTR {}, tRTP {}, tRTRS {}, tREFI {}, tRFC {}, tPPD {} [cycles]",
         pair(t.wtr_s, t.wtr_l), t.rtp, t.rtrs, t.refi, t.rfc, t.ppd);
    line("controller  {} pages, {}, {} a bank, {} accesses before a row may be closed{}",
         policy.page == PagePolicy::kOpen ? "open" : "closed",
         policy.unified_queue ? fmt::format("one queue of {} requests", policy.read_queue)
                              : fmt::format("queues of {} reads and {} writes", policy.read_queue,
                                            policy.write_queue),
         policy.bank_queue, policy.row_hit_cap, policy.refresh ? "" : ", no refresh");
    line("trace       {}, {}", fs::path(run_.trace).filename().string(),
         plural(static_cast<std::int64_t>(result_.requests), "request"));
    line("requests    {} a cycle, {} outstanding, qnnsim {}", run_.options.issue_width,
         run_.options.max_outstanding == 0 ? "any number"
                                           : fmt::format("{}", run_.options.max_outstanding),
         kVersion);
    if (result_.interrupted) line("            interrupted, the figures are partial");
  }

  void write_times() {
    const double peak = memory_.peak_gb_s();
    line("\ntotal       {} cycles, {}", result_.end_cycle,
         format_duration(ns(double(result_.end_cycle)) / 1000));
    line("bandwidth   {:.2f} GB/s, {} % of the peak of {:.2f} GB/s", result_.bandwidth_gb_s,
         format_percent(result_.bandwidth_gb_s, peak), peak);
    if (counts_.read_requests > 0) {
      line("read        {:.1f} cycles, {:.1f} ns on average, {} cycles at most",
           result_.average_read_latency, ns(result_.average_read_latency),
           counts_.read_latency_max);
    }
    if (counts_.writes > 0) {
      line("write       {:.1f} cycles, {:.1f} ns on average", result_.average_write_latency,
           ns(result_.average_write_latency));
    }
    line("stalled     {} cycles, a request was due and refused", result_.stall_cycles);
  }

  void write_commands() {
    TextTable table({{"command", "", TextTable::Align::kLeft},
                     {"count", ""},
                     {"row hits", ""},
                     {"row hits", "[%]"},
                     {"energy", "[nJ]"}});
    const auto add = [&](const std::string& name, std::uint64_t count, double energy) {
      table.add({name, fmt::format("{}", count), "", "", fmt::format("{:.1f}", energy / 1000)});
    };
    const auto add_column = [&](const std::string& name, std::uint64_t count, std::uint64_t hits,
                                double energy) {
      table.add({name, fmt::format("{}", count), fmt::format("{}", hits),
                 format_percent(double(hits), double(count)),
                 fmt::format("{:.1f}", energy / 1000)});
    };
    add("activate", counts_.activates, result_.energy.activate);
    table.add({"precharge", fmt::format("{}", counts_.precharges)});
    add_column("read", counts_.reads, counts_.read_row_hits, result_.energy.read);
    add_column("write", counts_.writes, counts_.write_row_hits, result_.energy.write);
    add("refresh", counts_.refreshes, result_.energy.refresh);
    line("\ncommands ({} of the precharges for another row)", counts_.conflicts);
    text_ += table.render();
  }

  void write_energy() {
    line("\nenergy      {:.1f} nJ, {:.1f} nJ of it background; {:.1f} mW",
         result_.energy.total() / 1000, result_.energy.background / 1000, result_.average_power_mw);
  }

  const ReplayRun& run_;
  const DramSpec& memory_;
  const ReplayResult& result_;
  const DramCounts& counts_;
};

}  // namespace

nlohmann::ordered_json to_json(const ReplayRun& run) {
  const DramSpec& memory = run.memory;
  const ReplayResult& result = run.result;
  const DramCounts& counts = result.counts;
  return {
      {"case", case_name(run)},
      {"config", memory.name},
      {"trace", fs::path(run.trace).filename().string()},
      {"requests", result.requests},
      {"issue_width", run.options.issue_width},
      {"max_outstanding", run.options.max_outstanding},
      {"request_bytes", memory.burst_bytes()},
      {"tCK_ns", double(memory.tck_ps) / 1000.0},
      {"channels", memory.channels},
      {"ranks", memory.ranks},
      {"banks_per_rank", memory.banks()},
      {"end_cycle", result.end_cycle},
      {"last_accept_cycle", result.last_accept_cycle},
      {"stall_cycles", result.stall_cycles},
      {"last_read_return_cycle", counts.last_read_end},
      {"flushed_writes", counts.flushed_writes},
      {"avg_read_latency", result.average_read_latency},
      {"max_read_latency", counts.read_latency_max},
      {"avg_write_latency", result.average_write_latency},
      {"num_act", counts.activates},
      {"num_pre", counts.precharges},
      {"num_rd", counts.reads},
      {"num_wr", counts.writes},
      {"num_ref", counts.refreshes},
      {"rd_row_hits", counts.read_row_hits},
      {"wr_row_hits", counts.write_row_hits},
      {"ondemand_pre", counts.conflicts + counts.lost_precharges},
      {"hbm_dual_cmds", counts.dual_commands},
      {"rank_active_cycles", counts.rank_active_cycles},
      {"rank_idle_cycles", counts.rank_idle_cycles},
      {"E_act_pJ", result.energy.activate},
      {"E_rd_pJ", result.energy.read},
      {"E_wr_pJ", result.energy.write},
      {"E_ref_pJ", result.energy.refresh},
      {"E_background_pJ", result.energy.background},
      {"E_total_pJ", result.energy.total()},
      {"avg_power_mW", result.average_power_mw},
      {"bandwidth_GBps", result.bandwidth_gb_s},
      {"partial", result.interrupted},
  };
}

std::string replay_table(const ReplayRun& run) { return ReplayWriter(run).write(); }

}  // namespace qnnsim
