// SPDX-License-Identifier: Apache-2.0
#include "sim/trace.h"

#include <sstream>

#include "sim/output_file.h"
#include "tests/sim/small_dataflow.h"

namespace qnnsim::test {
namespace {

/// What is wrong with a record of the small dataflow: message and hint of each finding.
std::vector<std::string> complaints(const Record& record) {
  Scenario scenario = small_scenario();
  scenario.record = record;
  Findings findings;
  check_record(scenario, small_dataflow(), findings);
  std::vector<std::string> texts;
  for (const Finding& finding : findings.all()) {
    texts.push_back(finding.message + " | " + finding.hint);
  }
  return texts;
}

TEST(Trace, KernelsMayBeNamedByLayerOrByKernel) {
  Record record;
  EXPECT_TRUE(complaints(record).empty());
  record.layers = {"a", "a.thresh", "sink"};
  EXPECT_TRUE(complaints(record).empty());
}

TEST(Trace, EveryUnknownNameIsAFinding) {
  Record record;
  record.layers = {"a.tresh", "a", "quite_other"};
  const auto texts = complaints(record);
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts[0], "unknown layer or kernel 'a.tresh' to record | did you mean 'a.thresh'?");
  EXPECT_EQ(texts[1].rfind("unknown layer or kernel 'quite_other' to record | known: a, ", 0), 0U)
      << texts[1];
}

TEST(Trace, AWindowBehindTheLastFrameIsAFinding) {
  Record record;
  record.frames = {3, 9};
  EXPECT_TRUE(complaints(record).empty());
  record.frames = {4, 9};
  EXPECT_EQ(complaints(record),
            std::vector<std::string>{
                "frame 4 cannot be recorded: the run has 4 frames, numbered from 0 | "});
}

TEST(Trace, CountsTheCyclesInIt) {
  Scenario scenario = small_scenario();
  scenario.record.cycles = {20, 41};
  Dataflow dataflow = small_dataflow();
  const auto trace = make_trace(TraceFormat::kVcd, fresh_path("vcd"), scenario, dataflow);
  SimulationOptions options;
  options.observer = trace.get();
  Simulation simulation(std::move(dataflow), options);
  EXPECT_EQ(trace->cycles(), 0U);
  run_cycles(simulation);
  trace->finish(simulation.now());
  EXPECT_EQ(trace->cycles(), 22U);
}

/// What the trace of a run says; `run` clocks the simulation.
template <typename Run>
std::string traced(TraceFormat format, Run run) {
  const std::string path = fresh_path("trace");
  Dataflow dataflow = small_dataflow();
  const auto trace = make_trace(format, path, small_scenario(), dataflow);
  SimulationOptions options;
  options.observer = trace.get();
  Simulation simulation(std::move(dataflow), options);
  run(simulation);
  trace->finish(simulation.now());
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(Trace, BothEnginesGiveTheSame) {
  const std::string fast =
      traced(TraceFormat::kVcd, [](Simulation& simulation) { run_cycles(simulation); });
  EXPECT_GT(fast.size(), 2000U);
  EXPECT_EQ(fast, traced(TraceFormat::kVcd,
                         [](Simulation& simulation) { run_systemc(simulation, 187.5); }));
}

TEST(Trace, WithoutAFinishThereIsNoFile) {
  const std::string path = fresh_path("vcd");
  make_trace(TraceFormat::kVcd, path, small_scenario(), small_dataflow()).reset();
  EXPECT_FALSE(std::ifstream(path).is_open());
}

TEST(Trace, AFileThatCannotBeWrittenIsToldBeforeTheRun) {
  for (const TraceFormat format : {TraceFormat::kVcd, TraceFormat::kPerfetto}) {
    EXPECT_THROW(make_trace(format, "/no/such/file", small_scenario(), small_dataflow()),
                 OutputError);
  }
}

}  // namespace
}  // namespace qnnsim::test
