// SPDX-License-Identifier: Apache-2.0
#include "cli/run_kernel.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <limits>

#include "sim/cosim/kernel_report.h"
#include "sim/exit_code.h"

namespace qnnsim {
namespace {

KernelFile load(const KernelRunOptions& options) {
  Findings findings;
  KernelFile file = load_kernel_file(options.path, options.settings, findings);
  if (!findings.empty()) throw InputError(findings);
  return file;
}

void write_results(const KernelRun& run, const KernelRunOptions& options, std::size_t most_beats) {
  if (!options.beats.empty()) write_text(options.beats, beats_csv(run));
  bool standard_output_taken = options.beats == "-";
  for (const std::string& path : options.json) {
    write_text(path, to_json(run).dump(2) + "\n");
    standard_output_taken |= path == "-";
  }
  if (!options.quiet && !standard_output_taken) {
    std::fputs(kernel_table(run, most_beats).c_str(), stdout);
  }
}

}  // namespace

int run_kernel_file(const KernelRunOptions& options, const std::atomic<bool>* stop) {
  constexpr std::size_t kBeatsShown = 32;
  const KernelFile file = load(options);
  const bool on_terminal = !options.quiet && isatty(STDERR_FILENO) != 0;
  const auto progress = [&](const KernelRun& run) {
    if (on_terminal) fmt::print(stderr, "\rcycle {}\033[K", run.cycles);
  };
  const KernelRun run = run_kernel(file, stop, progress);
  if (on_terminal) fmt::print(stderr, "\r\033[K");
  write_results(run, options,
                options.all_beats ? std::numeric_limits<std::size_t>::max() : kBeatsShown);
  return exit_code_of(run.status);
}

int check_kernel_file(const KernelRunOptions& options) {
  write_results(check_kernel(load(options)), options, 0);
  return kExitDone;
}

}  // namespace qnnsim
