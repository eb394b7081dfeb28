// SPDX-License-Identifier: Apache-2.0
#include "sim/perfetto_trace.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/result_text.h"
#include "version.h"

namespace qnnsim {
namespace {

constexpr int kKernels = 1;  ///< the process whose threads are kernels
constexpr int kFifos = 2;    ///< the process that has the counters

std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

std::string name_process(int process, const std::string& name) {
  return fmt::format(R"("ph":"M","name":"process_name","pid":{},"args":{{"name":{}}})", process,
                     quoted(name));
}

}  // namespace

PerfettoTrace::PerfettoTrace(const std::string& path, const Scenario& scenario,
                             const Dataflow& dataflow)
    : ChangeTrace(scenario, dataflow), clock_mhz_(scenario.clock_mhz), file_(path) {
  file_.write(fmt::format(
      R"({{"displayTimeUnit":"ns","otherData":{{"scenario":{},"clock_mhz":{},"version":"{}"}},)"
      "\n\"traceEvents\":[\n{{{}}}",
      quoted(scenario.name), clock_mhz_, kVersion, name_process(kKernels, "kernels")));
  write_event(name_process(kFifos, "FIFOs [beats]"));
  for (std::size_t i = 0; i < selection().nodes.size(); ++i) {
    const std::string name = quoted(dataflow.nodes[selection().nodes[i]].name);
    write_event(
        fmt::format(R"("ph":"M","name":"thread_name","pid":{},"tid":{},"args":{{"name":{}}})",
                    kKernels, i, name));
    write_event(fmt::format(
        R"("ph":"M","name":"thread_sort_index","pid":{},"tid":{},"args":{{"sort_index":{}}})",
        kKernels, i, i));
  }
  for (std::size_t edge : selection().edges) {
    fifo_names_.push_back(quoted(dataflow.edges[edge].name));
  }
}

void PerfettoTrace::begin(Cycle first) {
  runs_.assign(selection().nodes.size(), {Activity::kStarved, first});
}

void PerfettoTrace::set_activity(std::size_t index, Activity activity, Cycle now) {
  write_slice(index, now);
  runs_[index] = {activity, now};
}

void PerfettoTrace::set_occupancy(std::size_t index, std::uint64_t beats, Cycle now) {
  write_event(fmt::format(R"("ph":"C","pid":{},"name":{},"ts":{},"args":{{"beats":{}}})", kFifos,
                          fifo_names_[index], microseconds(nanoseconds(now)), beats));
}

void PerfettoTrace::note_frame_end(std::size_t frame, Cycle now) {
  write_event(fmt::format(
      R"("ph":"i","s":"g","pid":{},"tid":0,"name":"end of frame {}","ts":{},"args":{{"cycle":{}}})",
      kKernels, frame, microseconds(nanoseconds(now)), now));
}

void PerfettoTrace::end(Cycle end) {
  for (std::size_t i = 0; i < runs_.size(); ++i) write_slice(i, end);
}

void PerfettoTrace::complete() {
  file_.write("\n]}\n");
  file_.commit();
}

void PerfettoTrace::write_slice(std::size_t index, Cycle end) {
  const auto [activity, since] = runs_[index];
  if (since == end) return;
  const std::int64_t start = nanoseconds(since);
  write_event(fmt::format(
      R"("ph":"X","pid":{},"tid":{},"name":"{}","ts":{},"dur":{},"args":{{"cycle":{},"cycles":{}}})",
      kKernels, index, to_string(activity), microseconds(start),
      microseconds(nanoseconds(end) - start), since, end - since));
}

void PerfettoTrace::write_event(const std::string& members) { file_.write(",\n{" + members + "}"); }

std::int64_t PerfettoTrace::nanoseconds(Cycle cycle) const {
  return std::llround(double(cycle) * 1e3 / clock_mhz_);
}

std::string PerfettoTrace::microseconds(std::int64_t nanoseconds) {
  return fmt::format("{}.{:03}", nanoseconds / 1000, nanoseconds % 1000);
}

}  // namespace qnnsim
