// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "analysis/calibration_fit.h"
#include "analysis/calibration_report.h"
#include "cli/interrupt.h"
#include "cli/progress_line.h"
#include "cli/scenario_options.h"
#include "cli/verb.h"
#include "sim/calibration.h"
#include "sim/installation.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

struct CalibrateOptions {
  std::string path;
  std::vector<std::string> settings;
  std::string output;
  std::string traces;
  std::string json;
  Cycle tolerance = 0;
  bool quiet = false;
};

CalibrationFile load(const CalibrateOptions& options) {
  Findings findings;
  CalibrationFile file = load_calibration_file(options.path, options.settings, findings);
  if (!findings.empty()) throw InputError(findings);
  return file;
}

/// Where the calibration goes that `file` names.
fs::path output_path(const CalibrateOptions& options, const CalibrationFile& file) {
  if (!options.output.empty()) return options.output;
  return fs::path(installed_directory("configs")) / "calibrations" / (file.name + ".yaml");
}

/// Where the traces go: one file for each kernel file.
fs::path traces_path(const CalibrateOptions& options, const CalibrationFile& file) {
  fs::path directory = options.traces;
  if (directory.empty()) {
    directory = options.output.empty() || options.output == "-"
                    ? fs::path(installed_directory("traces")) / file.name
                    : fs::path(options.output).replace_extension(".traces");
  }
  return directory / (fs::path(file.path).stem().string() + ".trace");
}

/// `sources`, one behind the other, with `source` in place of the one of the same kernel file.
std::string with_source(const std::string& sources, const std::string& source) {
  static const std::string kJoint = "; ";
  const std::string file = source.substr(0, source.find(':') + 1);
  std::string result;
  for (std::size_t begin = 0; begin < sources.size();) {
    const std::size_t end = std::min(sources.find(kJoint, begin), sources.size());
    const std::string part = sources.substr(begin, end - begin);
    if (part.rfind(file, 0) != 0) result += part + kJoint;
    begin = end + kJoint.size();
  }
  return result + source;
}

/// The calibration with the fitted entries; those of other blocks stay as they are in the file.
Calibration calibration_with(const CalibrationFile& file, const Recording& recording,
                             const CalibrationFit& fit, const fs::path& output,
                             const fs::path& traces) {
  Calibration calibration;
  if (fs::is_regular_file(output)) {
    Findings findings;
    const auto kept = load_calibration(output.string(), {output.string(), 0, 0}, findings);
    if (!findings.empty()) throw InputError(findings);
    calibration = *kept;
  }
  calibration.name = output.empty() || output == "-" ? file.name : output.stem().string();
  calibration.source = with_source(calibration.source, calibration_source(file, recording, fit));
  std::error_code ignored;
  const fs::path root = fs::path(installed_directory("configs")).parent_path();
  const fs::path relative = fs::relative(traces, root, ignored);
  const bool is_inside = !relative.empty() && *relative.begin() != "..";
  calibration.blocks[file.block] =
      timing_entries(file, fit, (is_inside ? relative : traces).generic_string());
  return calibration;
}

void write_calibration(const CalibrateOptions& options, const CalibrationFile& file,
                       const Recording& recording, const CalibrationFit& fit) {
  const fs::path output = output_path(options, file);
  std::error_code ignored;
  if (output.has_parent_path()) fs::create_directories(output.parent_path(), ignored);
  const Calibration calibration =
      calibration_with(file, recording, fit, output, traces_path(options, file));
  write_text(output.string(), to_yaml(calibration));
}

int calibrate(const CalibrateOptions& options) {
  const CalibrationFile file = load(options);
  stop_on_interrupt();
  Recording recording;
  CalibrationFit fit;
  {
    ProgressLine progress(options.quiet);
    const auto show = [&](const std::string& text) { progress.show(text); };
    recording = record_points(file, {traces_path(options, file).string(), &stop_requested(), show});
    if (!recording.interrupted) {
      fit = fit_timing(file, recording, {options.tolerance, &stop_requested(), show});
    }
  }
  const bool is_fitted = !fit.entries.empty() && !stop_requested();
  if (is_fitted) write_calibration(options, file, recording, fit);
  if (!options.json.empty()) {
    write_text(options.json, to_json(file, recording, fit).dump(2) + "\n");
  }
  const bool standard_output_taken = options.json == "-" || options.output == "-";
  if (!options.quiet && !standard_output_taken) {
    std::fputs(calibration_table(file, recording, fit).c_str(), stdout);
    if (is_fitted) fmt::print("\nwritten     {}\n", output_path(options, file).string());
  }
  if (stop_requested()) {
    const fs::path traces = traces_path(options, file);
    if (fs::exists(traces)) {
      fmt::print(stderr, "interrupted: what was recorded is in '{}'\n", traces.string());
    } else {
      fmt::print(stderr, "interrupted before anything was recorded\n");
    }
    return kExitInterrupted;
  }
  if (is_fitted) return kExitDone;
  const bool has_run = std::any_of(recording.traces.points.begin(), recording.traces.points.end(),
                                   [](const PointTrace& point) { return !point.runs.empty(); });
  if (!has_run) {
    fmt::print(stderr, "error: {}: the RTL runs at none of the points\n", options.path);
    return kExitInput;
  }
  fmt::print(stderr, "error: {}: no timing of block '{}' follows the RTL: {}\n", options.path,
             file.block, fit.refusal ? fit.refusal->reason : "");
  return kExitDisagrees;
}

}  // namespace

void add_calibrate(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand(
      "calibrate",
      "Fit the timing of a block's model to a kernel in RTL, beat by beat over a grid.\n"
      "Example: qnnsim calibrate tests/rtl/calibrate_mvu.yaml -o my-kernels.yaml");
  auto options = std::make_shared<CalibrateOptions>();
  verb->add_option("KERNELS", options->path, "Kernel file with a section 'calibrate'")->required();
  verb->add_option("--set", options->settings, "KEY=VALUE: replace a value of the file")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb->add_option("-o,--output", options->output,
                   "Write the calibration to FILE; default: configs/calibrations/NAME.yaml")
      ->type_name("FILE|-");
  verb->add_option("--traces", options->traces,
                   "Keep recorded beats in DIR; default: traces/NAME, with -o beside FILE")
      ->type_name("DIR");
  verb->add_option("--tolerance", options->tolerance,
                   "Accept a fit that is off by up to CYCLES; default: every beat in its cycle")
      ->type_name("CYCLES")
      ->check(CLI::Range(Cycle{0}, Cycle{64}));
  verb->add_option("--json", options->json, "Write the result to FILE")->type_name("FILE|-");
  verb->add_flag("-q,--quiet", options->quiet, "Print nothing but errors");
  verb->callback([options, &exit_code] { exit_code = calibrate(*options); });
}

}  // namespace qnnsim
