// SPDX-License-Identifier: Apache-2.0
//
// The calibrations of FINN's kernels against what FINN's RTL did: every beat of traces/finn-*/.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "models/block.h"
#include "models/pipeline.h"
#include "models/timed_schedule.h"
#include "sim/calibration.h"
#include "sim/yaml_reader.h"
#include "tests/models/draw.h"

namespace qnnsim::test {
namespace {

using Parameters = std::map<std::string, int>;

/// A recorded run of a kernel: the cycle in which each beat moved, valid and ready.
struct Recorded {
  std::string text;  ///< its first line
  std::string block;
  Parameters parameters;
  std::string source;
  std::string sink;
  std::vector<Cycle> in;
  std::vector<Cycle> out;
};

/// "0 1x3 5": 0, then the differences 1, 1, 1 and 5.
std::vector<Cycle> cycles_in(std::istream& words) {
  std::vector<Cycle> cycles;
  Cycle now = 0;
  for (std::string word; words >> word;) {
    const std::size_t times = word.find('x');
    const int count = times == std::string::npos ? 1 : std::stoi(word.substr(times + 1));
    for (int i = 0; i < count; ++i) cycles.push_back(now += std::stoul(word));
  }
  return cycles;
}

/// The lines of a file, those that go on with two blanks and no word joined to the one before.
std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const bool goes_on = line[0] == ' ' && line.find(':') == std::string::npos;
    goes_on ? lines.back() += line : lines.emplace_back(line);
  }
  return lines;
}

std::vector<Recorded> recorded_runs(const std::string& path) {
  std::vector<Recorded> runs;
  for (const std::string& line : lines_of(path)) {
    if (line[0] == ' ') {
      std::istringstream words(line);
      std::string stream;
      words >> stream;
      (stream == "in:" ? runs.back().in : runs.back().out) = cycles_in(words);
      continue;
    }
    Recorded run;
    run.text = line;
    const std::size_t source = line.find(" | ");
    const std::size_t sink = line.find(" | ", source + 3);
    run.source = line.substr(source + 3, sink - source - 3);
    run.sink = line.substr(sink + 3);
    std::istringstream words(line.substr(0, source));
    words >> run.block;
    for (std::string word; words >> word;) {
      const std::size_t equals = word.find('=');
      run.parameters[word.substr(0, equals)] = std::stoi(word.substr(equals + 1));
    }
    runs.push_back(run);
  }
  return runs;
}

/// The pressures that runs name.
class Pressures {
 public:
  explicit Pressures(const std::string& path) {
    for (const std::string& line : lines_of(path)) {
      std::istringstream words(line);
      std::string name, period;
      words >> name >> period;
      recorded_.emplace(name, Pressure::recorded(cycles_in(words), std::stoul(period)));
    }
  }
  Pressure operator[](const std::string& name) const {
    if (name == "free") return {};
    if (name.rfind("every ", 0) == 0) return Pressure::every(std::stoul(name.substr(6)));
    return recorded_.at(name);
  }

 private:
  std::map<std::string, Pressure> recorded_;
};

/// A source and a sink right at the ports of a kernel.
class Ports {
 public:
  Ports(const Recorded& run, const Pressures& pressures)
      : run_(run), source_(pressures[run.source]), sink_(pressures[run.sink]) {}

  void begin(Cycle now) {
    now_ = now;
    if (!offered_ && in.size() < run_.in.size() && now >= next_offer_ && !source_.stalls(now)) {
      offered_ = true;
      next_offer_ = now + source_.interval();
    }
    ready_ = now >= next_ready_ && !sink_.stalls(now);
  }
  bool can_pop(std::size_t) const { return offered_; }
  bool can_push(std::size_t) const { return ready_; }
  void pop(std::size_t) {
    offered_ = false;
    in.push_back(now_);
  }
  void push(std::size_t) {
    next_ready_ = now_ + sink_.interval();
    out.push_back(now_);
  }

  std::vector<Cycle> in;
  std::vector<Cycle> out;

 private:
  const Recorded& run_;
  const Pressure source_;
  const Pressure sink_;
  Cycle now_ = 0;
  bool offered_ = false;
  bool ready_ = false;
  Cycle next_offer_ = 0;
  Cycle next_ready_ = 0;
};

/// A recorded parameter as a block has it: widths are types there.
std::string block_parameter(const std::string& name, int value) {
  if (name == "input_bits") return fmt::format("input_type: INT{}", value);
  if (name == "weight_bits") return fmt::format("weight_type: INT{}", value);
  if (name == "dsp58") return value != 0 ? "mac: DSP58" : "mac: LUT";
  if (name == "parallel") return value != 0 ? "parallel: true" : "parallel: false";
  return fmt::format("{}: {}", name, value);
}

/// What was not recorded, since it has no part in when beats move.
std::string other_parameters(const Recorded& run) {
  if (run.block == "mvu" || run.block == "vvu") return "output_type: INT32";
  if (run.block == "weight_memory") return "lanes: 1, type: INT4";
  if (run.block != "thresholding") return "type: INT4";
  const int bits = clog2(run.parameters.at("steps") + 1);
  return fmt::format("input_type: INT32, output_type: UINT{}", bits);
}

/// Our kernel with the parameters of a recorded one.
std::unique_ptr<Kernel> kernel_of(const Recorded& run) {
  std::string text = "{" + other_parameters(run);
  for (const auto& [name, value] : run.parameters) text += ", " + block_parameter(name, value);
  Findings findings;
  YamlReader reader(parse_yaml(text + "}", run.text, findings), run.block, findings);
  std::unique_ptr<Kernel> kernel = blocks().at(run.block)(reader);
  reader.finish();
  EXPECT_EQ(findings.render(), "");
  return kernel;
}

struct File {
  const char* calibration;
  const char* kernel;
};

void PrintTo(const File& file, std::ostream* out) {
  *out << file.calibration << ' ' << file.kernel;
}

class FinnKernels : public testing::TestWithParam<File> {};

TEST_P(FinnKernels, MoveEveryBeatInTheCycleOfTheRtl) {
  Findings findings;
  const auto calibration = load_calibration(GetParam().calibration, {"test", 0, 0}, findings);
  ASSERT_EQ(findings.render(), "");
  const std::string directory = std::string("traces/") + GetParam().calibration;
  const Pressures pressures(directory + "/stalls.txt");
  std::size_t runs = 0;
  std::size_t beats = 0;
  struct Seen {
    std::set<std::string> points;
    std::uint64_t beats = 0;
  };
  std::map<const TimingEntry*, Seen> seen;
  for (const Recorded& run : recorded_runs(directory + "/" + GetParam().kernel + ".beats")) {
    SCOPED_TRACE(run.text);
    const std::unique_ptr<Kernel> kernel = kernel_of(run);
    const auto timing = calibration->timing(*kernel);
    ASSERT_TRUE(timing) << "the block keeps our own timing";
    TimedSchedule schedule(*kernel->schedule(), *timing, kernel->inputs(), kernel->outputs());
    Ports ports(run, pressures);
    // Some runs ended early, by an assertion of the RTL's own.
    const Cycle last = std::max(run.in.empty() ? 0 : run.in.back(), run.out.back());
    for (Cycle now = 0; now <= last; ++now) {
      ports.begin(now);
      schedule.tick(ports);
    }
    EXPECT_EQ(first_difference(ports.out, run.out), "") << "cycles of beats given";
    EXPECT_EQ(first_difference(ports.in, run.in), "") << "cycles of beats taken";
    if (HasFailure()) return;
    ++runs;
    beats += run.in.size() + run.out.size();
    Seen& of_entry = seen[calibration->entry(*kernel)];
    of_entry.points.insert(run.text.substr(0, run.text.find(" | ")));
    of_entry.beats += run.in.size() + run.out.size();
  }
  // Nothing was fitted to these beats, so every point counts as kept out of the fit.
  for (const auto& [entry, what] : seen) {
    ASSERT_TRUE(entry->error) << entry->when;
    EXPECT_EQ(entry->error->points, 0u) << entry->when;
    EXPECT_EQ(entry->error->held_out, what.points.size()) << entry->when;
    EXPECT_EQ(entry->error->beats, what.beats) << entry->when;
    EXPECT_EQ(entry->error->worst_cycles, 0u) << entry->when;
  }
  EXPECT_GT(runs, 0u);
  RecordProperty("runs", static_cast<int>(runs));
  RecordProperty("beats", static_cast<int>(beats));
  std::printf("%zu runs, %zu beats\n", runs, beats);
}

const std::vector<const char*> kKernels = {"dwc",       "mvu",          "vvu",      "swg",
                                           "fmpadding", "thresholding", "memstream"};

std::vector<File> files() {
  std::vector<File> result;
  for (const char* calibration : {"finn-0.10", "finn-dev"}) {
    for (const char* kernel : kKernels) result.push_back({calibration, kernel});
  }
  return result;
}

INSTANTIATE_TEST_SUITE_P(Evidence, FinnKernels, testing::ValuesIn(files()), [](const auto& info) {
  const bool is_dev = std::string(info.param.calibration) == "finn-dev";
  return std::string(is_dev ? "Dev_" : "Main_") + info.param.kernel;
});

}  // namespace
}  // namespace qnnsim::test
