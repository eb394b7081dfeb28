// SPDX-License-Identifier: Apache-2.0
#include "analysis/calibration_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "analysis/timing_bench.h"
#include "sim/cosim/cosim.h"
#include "sim/cosim/kernel_run.h"
#include "sim/input_file.h"
#include "sim/installation.h"
#include "sim/output_file.h"
#include "sim/sha256.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

/// Digest of all that a point's runs depend on but its parameters.
std::string digest_of(const CalibrationFile& file, const ForeignRtl& rtl) {
  std::string text;
  const auto add = [&](const std::string& field) {
    text += fmt::format("{}:{}", field.size(), field);
  };
  std::vector<std::string> files = rtl.sources;
  for (const std::string& directory : rtl.include_dirs) {
    std::vector<std::string> included;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(directory, ignored)) {
      if (entry.is_regular_file()) included.push_back(entry.path().string());
    }
    std::sort(included.begin(), included.end());
    files.insert(files.end(), included.begin(), included.end());
  }
  add(rtl.top);
  for (const std::string& path : files) {
    add(fs::path(path).filename().string());
    add(contents(path));
  }
  for (const auto& [name, value] : rtl.defines) add(name + "=" + value);
  for (const std::string& name : {rtl.ports.clock, rtl.ports.reset}) add(name);
  for (const PortMap::Stream& stream : rtl.ports.streams) {
    for (const std::string& name : {stream.name, stream.data, stream.valid, stream.ready}) {
      add(name);
    }
  }
  for (const auto& [name, value] : rtl.ports.constants) add(fmt::format("{}={}", name, value));
  for (std::size_t input : file.steady) add(std::to_string(input));
  for (const auto* names : {&file.input_streams, &file.output_streams}) {
    add(std::to_string(names->size()));
    for (const std::string& name : *names) add(name);
  }
  return sha256(text);
}

/// The beats of every stream in the whole run: inputs, then outputs.
std::vector<std::uint64_t> beats_of(const CalibrationPoint& point) {
  std::vector<std::uint64_t> beats;
  for (const auto* ports : {&point.model->inputs(), &point.model->outputs()}) {
    for (const Port& port : *ports) beats.push_back(port.beats * point.frames);
  }
  return beats;
}

std::string key_of(const CalibrationFile& file, const CalibrationPoint& point) {
  std::string key = digest_of(file, point.rtl).substr(0, 16) + " ";
  for (const auto& [name, value] : point.rtl.parameters) {
    key += fmt::format("{}={} ", name, value);
  }
  return fmt::format("{}beats {}", key, fmt::join(beats_of(point), " "));
}

const char* status_of(RunStatus status) {
  switch (status) {
    case RunStatus::kDone:
      return "done";
    case RunStatus::kDisagreement:
      return "ended";
    default:
      return "stuck";
  }
}

/// Records the points of one file.
class Recorder {
 public:
  Recorder(const CalibrationFile& file, const RecordOptions& options)
      : file_(file), options_(options) {
    BeatTraces& traces = recording_.traces;
    traces.kernel = file.points.front().rtl.top;
    traces.seed = file.seed;
    std::string keys;
    for (const CalibrationPoint& point : file.points) {
      traces.points.push_back({point.name, key_of(file, point), {}});
      keys += traces.points.back().key + "\n";
    }
    traces.digest = sha256(keys);
    recording_.refusals.resize(file.points.size());
    take_over();
  }

  Recording record() {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < file_.points.size(); ++i) {
      if (!recording_.ran(i)) open.push_back(i);
    }
    // As many as are compiled at once: what has been recorded is never far from being kept.
    for (std::size_t first = 0; first < open.size() && !stopped(); first += RtlCache::kMostAtOnce) {
      const std::size_t end = std::min(open.size(), first + RtlCache::kMostAtOnce);
      record_some({open.begin() + static_cast<std::ptrdiff_t>(first),
                   open.begin() + static_cast<std::ptrdiff_t>(end)},
                  end, open.size());
      save();
    }
    recording_.interrupted = stopped();
    return std::move(recording_);
  }

 private:
  bool stopped() const { return options_.stop != nullptr && options_.stop->load(); }

  /// Takes what was recorded before and is still what would be recorded.
  void take_over() {
    if (!fs::exists(options_.traces)) return;
    Findings findings;
    BeatTraces kept = parse_beat_traces(contents(options_.traces), options_.traces, findings);
    if (!findings.empty()) throw InputError(findings);
    BeatTraces& traces = recording_.traces;
    if (kept.seed != traces.seed) return;
    for (std::size_t i = 0; i < traces.points.size(); ++i) {
      PointTrace& point = traces.points[i];
      const auto same = std::find_if(kept.points.begin(), kept.points.end(),
                                     [&](const PointTrace& k) { return k.key == point.key; });
      if (same == kept.points.end() || !is_whole(*same, *file_.points[i].model)) continue;
      recording_.reused += same->runs.size();
      point.runs = same->runs;
    }
  }

  /// Has it a run under every pressure, with all streams?
  bool is_whole(const PointTrace& kept, const Kernel& model) const {
    const auto pressures = calibration_pressures(model, file_.seed, file_.steady);
    const std::size_t streams = model.inputs().size() + model.outputs().size();
    return std::equal(pressures.begin(), pressures.end(), kept.runs.begin(), kept.runs.end(),
                      [&](const CalibrationPressure& pressure, const RunTrace& run) {
                        return run.pressure == pressure.name && run.streams.size() == streams;
                      });
  }

  void record_some(const std::vector<std::size_t>& points, std::size_t done, std::size_t of) {
    std::vector<RtlSource> sources;
    for (std::size_t i : points) {
      sources.push_back(foreign_source(file_.points[i].name, file_.points[i].rtl));
    }
    const auto tell = [&](const std::string& what, std::size_t i) {
      if (!options_.progress) return;
      options_.progress(fmt::format("{} {} ({} of {})", what, file_.points[i].name, done, of));
    };
    tell("compiling", points.front());
    const std::vector<RtlOutcome> outcomes = RtlCache(cache_directory()).try_all(sources, {});
    for (std::size_t k = 0; k < points.size() && !stopped(); ++k) {
      tell("running", points[k]);
      std::string error = outcomes[k].error;
      if (outcomes[k].compiled) error = run_point(points[k], *outcomes[k].compiled);
      if (error.empty() || stopped()) continue;
      recording_.traces.points[points[k]].runs.clear();
      recording_.refusals[points[k]] = error;
    }
  }

  /// Runs the point under every pressure; what the RTL says where it refuses.
  std::string run_point(std::size_t index, const CompiledRtl& compiled) {
    const CalibrationPoint& point = file_.points[index];
    check_streams(*point.model, compiled.ports);
    std::vector<RunTrace> runs;
    for (const CalibrationPressure& pressure :
         calibration_pressures(*point.model, file_.seed, file_.steady)) {
      const KernelFile kernel = kernel_file(point, pressure);
      try {
        const KernelRun run = run_kernel(kernel, compiled, options_.stop, {});
        ++recording_.runs;
        if (run.status == RunStatus::kInterrupted) return {};
        if (run.status == RunStatus::kDisagreement) {
          return fmt::format("{}: the RTL ended itself in cycle {} under '{}'\n{}", point.name,
                             run.cycles - 1, pressure.name, run.said);
        }
        runs.push_back(trace_of(run, kernel, pressure));
        add_warnings(run, point, pressure);
      } catch (const RtlError& error) {
        return error.what();
      }
    }
    recording_.traces.points[index].runs = std::move(runs);
    return {};
  }

  /// The run of one point under one pressure, as a kernel that stands alone.
  KernelFile kernel_file(const CalibrationPoint& point, const CalibrationPressure& pressure) const {
    constexpr std::uint64_t kMostBlocked = 1 << 14;
    KernelFile kernel;
    kernel.name = point.name;
    kernel.path = file_.path;
    kernel.rtl = point.rtl;
    kernel.seed = file_.seed;
    kernel.stimulus_place = file_.streams_place;
    kernel.timeout_cycles = kMostBlocked + 4 * point.model->frame_interval();
    const std::vector<std::uint64_t> beats = beats_of(point);
    const auto add = [&](std::vector<StreamStimulus>& streams, const std::vector<Pressure>& sides,
                         const std::vector<std::string>& names, std::size_t first) {
      for (std::size_t i = 0; i < sides.size(); ++i) {
        StreamStimulus stream;
        stream.name = names.empty() ? "" : names[i];
        stream.beats = beats[first + i];
        stream.pressure = sides[i];
        stream.place = file_.streams_place;
        streams.push_back(std::move(stream));
      }
    };
    add(kernel.inputs, pressure.inputs, file_.input_streams, 0);
    add(kernel.outputs, pressure.outputs, file_.output_streams, pressure.inputs.size());
    return kernel;
  }

  void check_streams(const Kernel& model, const RtlPorts& ports) const {
    Findings findings;
    const auto check = [&](const char* side, std::size_t wanted,
                           const std::vector<RtlStream>& streams,
                           const std::vector<std::string>& named) {
      std::vector<std::string> names;
      for (const RtlStream& stream : streams) names.push_back(stream.name);
      if (streams.size() != wanted) {
        findings.add(file_.streams_place,
                     fmt::format("the module has {} {}s ({}), the model of '{}' has {}",
                                 streams.size(), side, join(names), file_.block, wanted),
                     "choose the model's parameters, or name the streams under kernel.ports");
      } else if (!named.empty() && named.size() != wanted) {
        findings.add(file_.streams_place,
                     fmt::format("'streams' names {} of {} {}s", named.size(), wanted, side));
      }
      for (const std::string& name : named) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        findings.add(file_.streams_place, fmt::format("the module has no {} '{}'", side, name),
                     suggest(name, names));
      }
    };
    check("input", model.inputs().size(), ports.inputs, file_.input_streams);
    check("output", model.outputs().size(), ports.outputs, file_.output_streams);
    if (!findings.empty()) throw InputError(findings);
  }

  /// The run with its streams in the order of the model's.
  static RunTrace trace_of(const KernelRun& run, const KernelFile& kernel,
                           const CalibrationPressure& pressure) {
    RunTrace trace;
    trace.pressure = pressure.name;
    trace.status = status_of(run.status);
    trace.cycles = run.cycles;
    const auto add = [&](const std::vector<StreamStimulus>& streams, bool is_input) {
      std::size_t next = 0;
      for (const StreamStimulus& wanted : streams) {
        // Without a name it is the next one of its side.
        while (wanted.name.empty() && run.streams[next].is_input != is_input) ++next;
        const auto named =
            std::find_if(run.streams.begin(), run.streams.end(),
                         [&](const StreamRecord& record) { return record.name == wanted.name; });
        const StreamRecord& record = wanted.name.empty() ? run.streams[next++] : *named;
        StreamTrace stream{record.name, is_input, *wanted.beats, {}};
        for (const Beat& beat : record.beats) stream.moved.push_back(beat.moved);
        trace.streams.push_back(std::move(stream));
      }
    };
    add(kernel.inputs, true);
    add(kernel.outputs, false);
    return trace;
  }

  void add_warnings(const KernelRun& run, const CalibrationPoint& point,
                    const CalibrationPressure& pressure) {
    for (const StreamRecord& stream : run.streams) {
      if (stream.broken_rule.empty()) continue;
      recording_.warnings.push_back(fmt::format("{}, {}: {} does not keep to AXI-Stream: {}",
                                                point.name, pressure.name, stream.name,
                                                stream.broken_rule));
    }
  }

  void save() const {
    if (options_.traces.empty()) return;
    BeatTraces kept = recording_.traces;
    kept.points.erase(std::remove_if(kept.points.begin(), kept.points.end(),
                                     [](const PointTrace& point) { return point.runs.empty(); }),
                      kept.points.end());
    if (kept.points.empty()) return;
    const fs::path directory = fs::path(options_.traces).parent_path();
    std::error_code ignored;
    if (!directory.empty()) fs::create_directories(directory, ignored);
    write_file_atomically(options_.traces, beat_trace_text(kept));
  }

  const CalibrationFile& file_;
  const RecordOptions& options_;
  Recording recording_;
};

}  // namespace

Recording record_points(const CalibrationFile& file, const RecordOptions& options) {
  return Recorder(file, options).record();
}

}  // namespace qnnsim
