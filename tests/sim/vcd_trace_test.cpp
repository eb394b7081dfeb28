// SPDX-License-Identifier: Apache-2.0
//
// The waveform is read back and compared, cycle by cycle, with samples taken beside it.
#include "sim/vcd_trace.h"

#include <cmath>
#include <map>
#include <optional>
#include <sstream>

#include "tests/sim/small_dataflow.h"

namespace qnnsim::test {
namespace {

/// The values of a waveform: by signal ("a.thresh.state") the changes, by time in picoseconds.
struct Waveform {
  std::map<std::string, std::map<std::uint64_t, std::uint64_t>> signals;
  std::map<std::string, int> widths;
  std::string timescale;
  std::optional<std::uint64_t> first_time;
  std::uint64_t last_time = 0;

  /// The value in the cycle that begins at `time`; nothing before the first.
  std::optional<std::uint64_t> at(const std::string& signal, std::uint64_t time) const {
    const auto& changes = signals.at(signal);
    const auto after = changes.upper_bound(time);
    if (after == changes.begin()) return std::nullopt;
    return std::prev(after)->second;
  }
};

class VcdReader {
 public:
  explicit VcdReader(const std::string& path) : stream_(path) {
    EXPECT_TRUE(stream_.is_open()) << path;
    read_header();
    read_changes();
  }

  Waveform waveform;

 private:
  void read_header() {
    std::vector<std::string> scopes;
    for (std::string word; stream_ >> word && word != "$enddefinitions";) {
      std::vector<std::string> words;
      for (std::string next; stream_ >> next && next != "$end";) words.push_back(next);
      if (word == "$timescale") waveform.timescale = words.at(0) + " " + words.at(1);
      if (word == "$scope") scopes.push_back(words.at(1));
      if (word == "$upscope") scopes.pop_back();
      if (word == "$var") declare(scopes, words);
    }
    EXPECT_TRUE(scopes.empty());
    std::string end;
    stream_ >> end;
    EXPECT_EQ(end, "$end");
  }

  void declare(const std::vector<std::string>& scopes, const std::vector<std::string>& words) {
    std::string name;
    for (const std::string& scope : scopes) name += scope + ".";
    name += words.at(3);
    EXPECT_TRUE(names_.emplace(words.at(2), name).second) << "code used twice: " << words.at(2);
    EXPECT_TRUE(waveform.widths.emplace(name, std::stoi(words.at(1))).second) << name;
    waveform.signals[name];
  }

  void read_changes() {
    std::uint64_t time = 0;
    for (std::string word; stream_ >> word;) {
      if (word[0] == '#') {
        time = std::stoull(word.substr(1));
        if (!waveform.first_time) waveform.first_time = time;
        EXPECT_TRUE(time > waveform.last_time || time == *waveform.first_time);
        waveform.last_time = time;
      } else if (word[0] == 'b') {
        std::string code;
        stream_ >> code;
        change(code, time, word.substr(1));
      } else {
        change(word.substr(1), time, word.substr(0, 1));
      }
    }
  }

  void change(const std::string& code, std::uint64_t time, const std::string& bits) {
    ASSERT_EQ(names_.count(code), 1U) << code;
    const std::string& name = names_[code];
    EXPECT_LE(static_cast<int>(bits.size()), waveform.widths[name]) << name;
    waveform.signals[name][time] = std::stoull(bits, nullptr, 2);
  }

  std::ifstream stream_;
  std::map<std::string, std::string> names_;
};

/// A kernel's or FIFO's place in the hierarchy.
std::string scope_of_node(const Dataflow& dataflow, std::size_t node) {
  const KernelNode& kernel = dataflow.nodes[node];
  return kernel.name == kernel.layer ? kernel.layer + "." : kernel.name + ".";
}

std::string scope_of_edge(const Dataflow& dataflow, std::size_t edge) {
  std::string from = dataflow.nodes[dataflow.edges[edge].from].name;
  std::replace(from.begin(), from.end(), '.', '_');
  return scope_of_node(dataflow, dataflow.edges[edge].to) + "in0_" + from + ".";
}

std::uint64_t picoseconds(Cycle cycle) {
  return static_cast<std::uint64_t>(std::llround(double(cycle) * 1e6 / 187.5));
}

/// Every signal of every kernel and FIFO, in the cycles [first, end).
void expect_samples(const Waveform& waveform, const Samples& samples, const Dataflow& dataflow,
                    Cycle first, Cycle end) {
  EXPECT_EQ(waveform.first_time, picoseconds(first));
  EXPECT_EQ(waveform.last_time, picoseconds(end));
  for (Cycle cycle = first; cycle < end; ++cycle) {
    const std::uint64_t time = picoseconds(cycle);
    for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) {
      ASSERT_EQ(waveform.at(scope_of_node(dataflow, i) + "state", time),
                static_cast<std::uint64_t>(samples.activities[cycle][i]))
          << dataflow.nodes[i].name << ", cycle " << cycle;
    }
    for (std::size_t i = 0; i < dataflow.edges.size(); ++i) {
      const std::uint64_t beats = samples.occupancies[cycle][i];
      const std::string scope = scope_of_edge(dataflow, i);
      ASSERT_EQ(waveform.at(scope + "occupancy", time), beats) << scope << ", cycle " << cycle;
      ASSERT_EQ(waveform.at(scope + "valid", time), beats > 0 ? 1U : 0U) << scope;
      ASSERT_EQ(waveform.at(scope + "ready", time), beats < dataflow.edges[i].depth ? 1U : 0U)
          << scope;
    }
  }
}

TEST(VcdTrace, EverySignalIsWhatAnotherObserverSawInEveryCycle) {
  const std::string path = fresh_path("vcd");
  const Samples samples = run_traced(TraceFormat::kVcd, path, small_scenario());
  const Waveform waveform = VcdReader(path).waveform;
  EXPECT_EQ(waveform.timescale, "1 ps");
  EXPECT_EQ(waveform.widths.at("a.thresh.state"), 2);
  EXPECT_EQ(waveform.widths.at("a.thresh.in0_a_thresh_dwc.occupancy"), 3);  // 0 to 4
  EXPECT_EQ(waveform.signals.size(), 4U + 3U * 3U);
  expect_samples(waveform, samples, small_dataflow(), 0, samples.end());
}

TEST(VcdTrace, ManySignalsHaveDistinctCodes) {
  const std::string path = fresh_path("vcd");
  const Samples samples = run_traced(TraceFormat::kVcd, path, small_scenario(), 2300);
  const Waveform waveform = VcdReader(path).waveform;
  EXPECT_GT(waveform.signals.size(), 94U * 94U + 94U);  // codes of one, two and three characters
  const Cycle last = samples.end() - 1;
  const Dataflow dataflow = small_dataflow(2300);
  for (std::size_t i = 0; i < dataflow.edges.size(); ++i) {
    ASSERT_EQ(waveform.at(scope_of_edge(dataflow, i) + "occupancy", picoseconds(last)),
              samples.occupancies[last][i]);
  }
}

TEST(VcdTrace, KeepsAWindowOfCycles) {
  Scenario scenario = small_scenario();
  scenario.record.cycles = {20, 41};
  const std::string path = fresh_path("vcd");
  const Samples samples = run_traced(TraceFormat::kVcd, path, scenario);
  expect_samples(VcdReader(path).waveform, samples, small_dataflow(), 20, 42);
}

TEST(VcdTrace, KeepsAWindowOfFrames) {
  Scenario scenario = small_scenario();
  scenario.record.frames = {1, 2};
  const std::string path = fresh_path("vcd");
  const Samples samples = run_traced(TraceFormat::kVcd, path, scenario);
  // From the beat that begins frame 1 (8 beats a frame) to the sink's last beat of frame 2.
  expect_samples(VcdReader(path).waveform, samples, small_dataflow(), samples.source_beats.at(8),
                 samples.frame_ends.at(2) + 1);
}

TEST(VcdTrace, KeepsTheNamedKernelsAndTheFifosAroundThem) {
  Scenario scenario = small_scenario();
  scenario.record.layers = {"a.thresh_dwc"};
  const std::string path = fresh_path("vcd");
  run_traced(TraceFormat::kVcd, path, scenario);
  std::vector<std::string> names;
  for (const auto& signal : VcdReader(path).waveform.signals) names.push_back(signal.first);
  EXPECT_EQ(names, (std::vector<std::string>{
                       "a.thresh.in0_a_thresh_dwc.occupancy", "a.thresh.in0_a_thresh_dwc.ready",
                       "a.thresh.in0_a_thresh_dwc.valid", "a.thresh_dwc.in0_source.occupancy",
                       "a.thresh_dwc.in0_source.ready", "a.thresh_dwc.in0_source.valid",
                       "a.thresh_dwc.state"}));
}

TEST(VcdTrace, AWindowThatNeverComesLeavesAnEmptyWaveform) {
  Scenario scenario = small_scenario();
  scenario.record.cycles = {1000000, 1000001};
  const std::string path = fresh_path("vcd");
  run_traced(TraceFormat::kVcd, path, scenario);
  const Waveform waveform = VcdReader(path).waveform;
  EXPECT_EQ(waveform.signals.size(), 13U);
  EXPECT_FALSE(waveform.first_time);
}

}  // namespace
}  // namespace qnnsim::test
