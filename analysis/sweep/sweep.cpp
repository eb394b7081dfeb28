// SPDX-License-Identifier: Apache-2.0
#include "analysis/sweep/sweep.h"

#include "analysis/sweep/point_reason.h"

namespace qnnsim {
namespace {

void count(SweepCount& counts, const PointRecord& record) {
  ++(record.done() ? counts.done : counts.failed);
}

}  // namespace

SweepCount sweep(const Study& study, Journal& journal, Crew& crew, const SweepOptions& options) {
  SweepCount counts;
  counts.points = study.points.size();
  std::vector<std::size_t> to_run;
  for (std::size_t i = 0; i < study.points.size(); ++i) {
    const PointRecord* record = journal.find(study.points[i]);
    const bool again = record != nullptr && !record->done() && options.retry_failed;
    if (record == nullptr || again) {
      to_run.push_back(i);
      continue;
    }
    count(counts, *record);
    ++counts.kept;
  }

  if (options.progress) options.progress(counts);
  bool stopped = false;
  std::size_t started = 0;
  std::size_t ended = 0;
  while (ended < to_run.size() && !stopped) {
    while (started < to_run.size() && crew.has_room()) {
      const SweepPoint& point = study.points[to_run[started]];
      crew.start({to_run[started], study.directory, point.arguments});
      ++started;
    }
    if (const std::optional<PointOutcome> outcome = crew.next()) {
      ++ended;
      stopped = was_interrupted(*outcome);
      if (!stopped) {
        const SweepPoint& point = study.points[outcome->point];
        journal.add(point, *outcome);
        count(counts, *journal.find(point));
        if (options.progress) options.progress(counts);
      }
    }
    stopped = stopped || (options.stop != nullptr && *options.stop);
  }
  return counts;
}

}  // namespace qnnsim
