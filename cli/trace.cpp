// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>

#include "cli/interrupt.h"
#include "cli/scenario_options.h"
#include "cli/verb.h"
#include "sim/memory/dram_file.h"
#include "sim/memory/replay_report.h"
#include "sim/memory/trace_file.h"

namespace qnnsim {
namespace {

struct ReplayVerbOptions {
  std::string trace;
  std::string memory;
  ReplayOptions replay;
  std::string json;
  bool quiet = false;
};

int replay_trace(const ReplayVerbOptions& options) {
  stop_on_interrupt();
  Findings findings;
  ReplayRun run;
  run.trace = options.trace;
  run.options = options.replay;
  run.options.stop = &stop_requested();
  run.memory = load_memory(options.memory, {"--memory", 0, 0}, findings);
  if (!findings.empty()) throw InputError(findings);
  const std::vector<TraceRequest> requests =
      load_trace(options.trace, run.memory.bytes(), {options.trace, 0, 0}, findings);
  if (!findings.empty()) throw InputError(findings);
  run.result = replay(run.memory, requests, run.options);
  if (!options.json.empty()) write_text(options.json, to_json(run).dump(2) + "\n");
  if (!options.quiet && options.json != "-") std::fputs(replay_table(run).c_str(), stdout);
  return run.result.interrupted ? kExitInterrupted : kExitDone;
}

}  // namespace

void add_trace(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand("trace", "Traces of memory requests.");
  verb->require_subcommand(1);
  CLI::App* replay = verb->add_subcommand(
      "replay",
      "Present a trace of requests to a DRAM and its controller, without an accelerator.\n"
      "Example: qnnsim trace replay requests.trc --memory ddr4-2400-8gb-x8");
  auto options = std::make_shared<ReplayVerbOptions>();
  replay->add_option("trace", options->trace, "File of lines \"0xADDRESS READ|WRITE CYCLE\"")
      ->required()
      ->type_name("TRACE");
  replay
      ->add_option("--memory", options->memory,
                   "A name of qnnsim list memories, a memory file (.yaml), or a configuration of "
                   "DRAMsim3 (.ini)")
      ->required()
      ->type_name("FILE|NAME");
  replay
      ->add_option("--max-outstanding", options->replay.max_outstanding,
                   "Requests accepted but not done; 0: any number")
      ->type_name("N")
      ->capture_default_str();
  replay->add_option("--issue-width", options->replay.issue_width, "Requests presented a cycle")
      ->type_name("N")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  replay->add_option("--json", options->json, "Write the figures as JSON to FILE, or to -")
      ->type_name("FILE|-");
  replay->add_flag("-q,--quiet", options->quiet, "Print nothing but JSON");
  replay->callback([options, &exit_code] { exit_code = replay_trace(*options); });
}

}  // namespace qnnsim
