// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "analysis/sweep/rank_crew.h"
#include "analysis/sweep/sweep.h"
#include "analysis/sweep/sweep_table.h"
#include "cli/interrupt.h"
#include "cli/progress_line.h"
#include "cli/scenario_options.h"
#include "cli/verb.h"
#include "sim/output_file.h"

namespace qnnsim {
namespace {

struct SweepVerbOptions {
  std::string path;
  std::string output;
  std::string json;
  int jobs = 0;
  bool anew = false;
  bool retry_failed = false;
  bool all_points = false;
  bool quiet = false;
};

Study load(const SweepVerbOptions& options, const VerbOptions& verb_options) {
  Findings findings;
  Study study = load_study(options.path, verb_options, findings);
  if (findings.empty()) check_points(study, findings);
  if (!findings.empty()) throw InputError(findings);
  return study;
}

/// A note for each column that no result has; of a study without results there is none.
void note_unknown_columns(const Study& study, const Journal& journal) {
  if (journal.columns_seen().empty()) return;
  for (const std::string& column : study.columns) {
    if (journal.columns_seen().count(column) != 0) continue;
    fmt::print(stderr, "warning: no result has '{}'\n", column);
  }
}

void write_tables(const SweepVerbOptions& options, const std::string& directory, const Study& study,
                  const nlohmann::ordered_json& rows, const SweepCount& counts) {
  const std::filesystem::path path = directory;
  write_file_atomically((path / "table.csv").string(), rows_csv(study, rows));
  write_file_atomically((path / "table.jsonl").string(), rows_jsonl(rows));
  if (options.json.empty()) return;
  const nlohmann::ordered_json json = {{"study", study.name},         {"directory", directory},
                                       {"done", counts.done},         {"failed", counts.failed},
                                       {"missing", counts.missing()}, {"points", rows}};
  write_text(options.json, json.dump(2) + "\n");
}

int sweep_study(const SweepVerbOptions& options, Crew& crew, const VerbOptions& verb_options) {
  const Study study = load(options, verb_options);
  const std::string directory = options.output.empty() ? study.name : options.output;
  Journal journal(directory, study, options.anew);
  SweepOptions sweep_options;
  sweep_options.retry_failed = options.retry_failed;
  sweep_options.stop = &stop_requested();
  const SweepCount counts = [&] {
    ProgressLine progress(options.quiet);
    sweep_options.progress = [&](const SweepCount& counts) {
      progress.show(fmt::format("{} of {} points, {} failed, {} at a time",
                                counts.done + counts.failed, counts.points, counts.failed,
                                crew.places()));
    };
    return sweep(study, journal, crew, sweep_options);
  }();
  const nlohmann::ordered_json rows = sweep_rows(study, journal);
  write_tables(options, directory, study, rows, counts);
  if (!options.quiet && options.json != "-") {
    std::fputs(sweep_text(study, rows, counts, options.all_points).c_str(), stdout);
    fmt::print("written     {0}/table.csv, {0}/table.jsonl\n", directory);
  }
  note_unknown_columns(study, journal);
  if (counts.missing() == 0) return kExitDone;
  fmt::print(stderr, "interrupted: {} points are missing; the same command goes on\n",
             counts.missing());
  return kExitInterrupted;
}

int sweep_study(const SweepVerbOptions& options, const VerbOptions& verb_options) {
  const std::unique_ptr<World> world = mpi_world();
  stop_on_interrupt();
  if (!world) {
    const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    LocalCrew crew(options.jobs > 0 ? options.jobs : cores);
    return sweep_study(options, crew, verb_options);
  }
  const int jobs = std::max(1, options.jobs);  // mpirun starts a rank a core
  if (world->rank() != 0) {
    serve_crew(*world, jobs);
    return kExitDone;
  }
  RankCrew crew(*world, jobs);
  return sweep_study(options, crew, verb_options);
}

/// The long options of the verbs of `app`.
VerbOptions options_of(const CLI::App& app) {
  return [&app](const std::string& verb) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_subcommand(verb)->get_options()) {
      const std::vector<std::string>& long_names = option->get_lnames();
      names.insert(names.end(), long_names.begin(), long_names.end());
    }
    return names;
  };
}

}  // namespace

void add_sweep(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand(
      "sweep",
      "Run a study: a grid or a list of values for any keys of a scenario, on all cores, or under "
      "mpirun on all hosts. What is done is kept; the same command goes on where it was ended.\n"
      "Example: qnnsim sweep scenarios/studies/tfc-buses.yaml -o tfc-buses");
  auto options = std::make_shared<SweepVerbOptions>();
  verb->add_option("study", options->path, "Study file (docs/sweep.md)")->required();
  verb->add_option("-o,--output", options->output,
                   "Directory of the journal and the tables; default: the study's name")
      ->type_name("DIR");
  verb->add_option("-j,--jobs", options->jobs,
                   "Points at once; default: one a core, under mpirun one a rank")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  verb->add_flag("--retry-failed", options->retry_failed, "Run points again that have failed");
  verb->add_flag("--force", options->anew, "Begin anew, whatever the directory's journal holds");
  verb->add_option("--json", options->json, "Write the table as JSON to FILE, or to -")
      ->type_name("FILE|-");
  verb->add_flag("--all-points", options->all_points, "Print every point");
  verb->add_flag("-q,--quiet", options->quiet, "Print no table and no progress");
  verb->callback(
      [options, &app, &exit_code] { exit_code = sweep_study(*options, options_of(app)); });
}

}  // namespace qnnsim
