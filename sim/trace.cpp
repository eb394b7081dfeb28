// SPDX-License-Identifier: Apache-2.0
#include "sim/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/perfetto_trace.h"
#include "sim/vcd_trace.h"

namespace qnnsim {

std::unique_ptr<TraceWriter> make_trace(TraceFormat format, const std::string& path,
                                        const Scenario& scenario, const Dataflow& dataflow) {
  if (format == TraceFormat::kVcd) return std::make_unique<VcdTrace>(path, scenario, dataflow);
  return std::make_unique<PerfettoTrace>(path, scenario, dataflow);
}

void check_record(const Scenario& scenario, const Dataflow& dataflow, Findings& findings) {
  const Record& record = scenario.record;
  std::set<std::string> known;
  for (const KernelNode& node : dataflow.nodes) known.insert({node.layer, node.name});
  for (const std::string& name : record.layers) {
    if (known.count(name) != 0) continue;
    findings.add(record.place, fmt::format("unknown layer or kernel '{}' to record", name),
                 suggest(name, {known.begin(), known.end()}));
  }
  if (record.frames && record.frames->first >= dataflow.frames) {
    findings.add(record.place,
                 fmt::format("frame {} cannot be recorded: the run has {} frames, numbered from 0",
                             record.frames->first, dataflow.frames));
  }
}

TraceSelection::TraceSelection(const Record& record, const Dataflow& dataflow) {
  const std::set<std::string> names(record.layers.begin(), record.layers.end());
  std::vector<bool> is_chosen;
  for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) {
    const KernelNode& node = dataflow.nodes[i];
    is_chosen.push_back(names.empty() || names.count(node.name) + names.count(node.layer) != 0);
    if (is_chosen[i]) nodes.push_back(i);
  }
  for (std::size_t i = 0; i < dataflow.edges.size(); ++i) {
    const Edge& edge = dataflow.edges[i];
    if (is_chosen[edge.from] || is_chosen[edge.to]) edges.push_back(i);
  }
}

TraceWindow::TraceWindow(const Record& record, const Dataflow& dataflow) : record_(record) {
  const auto from_source = [&dataflow](const Edge& edge) {
    return static_cast<std::size_t>(edge.from) == dataflow.source_node;
  };
  const auto edge = std::find_if(dataflow.edges.begin(), dataflow.edges.end(), from_source);
  source_edge_ = static_cast<std::size_t>(edge - dataflow.edges.begin());
}

bool TraceWindow::has_begun(const Simulation& simulation, Cycle now) const {
  if (record_.cycles) return now >= record_.cycles->first;
  if (!record_.frames) return true;
  // A busy source gives a beat in this cycle; the FIFO has counted those of the cycles before.
  const Dataflow& dataflow = simulation.dataflow();
  const std::uint64_t first_beat = record_.frames->first * dataflow.source().outputs()[0].beats;
  const Process& source = *simulation.processes()[dataflow.source_node];
  return simulation.fifos()[source_edge_]->beats_in() >= first_beat &&
         source.activity() == Activity::kBusy;
}

bool TraceWindow::ends_with(const Simulation& simulation, Cycle now) const {
  if (record_.cycles) return now >= record_.cycles->second;
  if (!record_.frames) return false;
  return simulation.dataflow().sink().frame_ends().size() > record_.frames->second;
}

ChangeTrace::ChangeTrace(const Scenario& scenario, const Dataflow& dataflow)
    : selection_(scenario.record, dataflow),
      window_(scenario.record, dataflow),
      activities_(selection_.nodes.size()),
      occupancies_(selection_.edges.size()) {}

void ChangeTrace::sample(const Simulation& simulation, Cycle now) {
  if (ended_ || (!begun_ && !window_.has_begun(simulation, now))) return;
  if (!begun_) {
    begun_ = true;
    start_ = now;
    begin(now);
    sample_all(simulation, now);
  } else {
    sample_changes(simulation, now);
  }
  const std::vector<Cycle>& frame_ends = simulation.dataflow().sink().frame_ends();
  if (frame_ends.size() != frames_seen_) {
    frames_seen_ = frame_ends.size();
    if (frame_ends.back() == now) note_frame_end(frames_seen_ - 1, now);
  }
  end_ = now + 1;
  if (window_.ends_with(simulation, now)) {
    ended_ = true;
    end(end_);
  }
}

void ChangeTrace::sample_all(const Simulation& simulation, Cycle now) {
  for (std::size_t i = 0; i < activities_.size(); ++i) {
    activities_[i] = simulation.processes()[selection_.nodes[i]]->activity();
    set_activity(i, activities_[i], now);
  }
  for (std::size_t i = 0; i < occupancies_.size(); ++i) {
    occupancies_[i] = simulation.fifos()[selection_.edges[i]]->occupancy();
    set_occupancy(i, occupancies_[i], now);
  }
}

void ChangeTrace::sample_changes(const Simulation& simulation, Cycle now) {
  for (std::size_t i = 0; i < activities_.size(); ++i) {
    const Activity activity = simulation.processes()[selection_.nodes[i]]->activity();
    if (activity == activities_[i]) continue;
    activities_[i] = activity;
    set_activity(i, activity, now);
  }
  for (std::size_t i = 0; i < occupancies_.size(); ++i) {
    const std::uint64_t occupancy = simulation.fifos()[selection_.edges[i]]->occupancy();
    if (occupancy == occupancies_[i]) continue;
    occupancies_[i] = occupancy;
    set_occupancy(i, occupancy, now);
  }
}

void ChangeTrace::finish(Cycle end_of_run) {
  if (begun_ && !ended_) {
    ended_ = true;
    end(end_ = end_of_run);
  }
  complete();
}

}  // namespace qnnsim
