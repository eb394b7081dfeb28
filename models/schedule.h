// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace qnnsim {

/// Issues of a kernel that follow each other without a gap: none of them but the first may have to
/// wait for a beat, none but the last for room.
struct Issue {
  /// What must have entered the buffer at an earlier edge: beat number `newest` of input 0, counted
  /// from the first of the period; -1: nothing.
  std::int32_t newest = -1;
  /// As long as this issue is to come, the buffer keeps the beats from number `oldest` on.
  std::int32_t oldest = 0;
  std::uint32_t cycles = 1;       ///< [issues]
  std::uint32_t emits = 0;        ///< [beats on each output], after the last issue
  std::uint16_t first_input = 0;  ///< A beat leaves each of the FIFOs `first_input`, ... at the
  std::uint16_t inputs = 0;       ///< issue; where there are any, `cycles` is 1.
};

/// Which cycles of a kernel count as busy.
enum class BusyRule {
  kIssue,           ///< those with an issue; else starved if a beat is missing, else blocked
  kIssueOrIntake,   ///< those with an issue, or in which a beat enters the buffer
  kIntakeOrOutput,  ///< those in which a beat enters or leaves; else blocked if one could leave
  kOutputFirst,     ///< those with an issue; else blocked if an output beat is left, else starved
};

/// When a kernel moves its beats, as data: the same rules as its `tick`, for whoever computes with
/// the times of beats instead of stepping through cycles.
///
/// Issues come in the order of `issues`, over and over, at most one a cycle. An issue waits for its
/// beats (Issue); one that emits also for room: of the beats emitted earlier all but `queue` - 1
/// have been pushed, at this edge at the latest (Pipeline) or `room_after` cycles before. What it
/// emits may be pushed `latency` cycles after it, a beat a cycle. With a buffer, beats of input 0
/// enter it in order, one a cycle, while it holds less than `capacity`; a beat can be issued
/// `intake` cycles later, and its place is free `release` cycles after the issue that used it last
/// (or after the push of the next result).
struct Schedule {
  std::vector<Issue> issues;  ///< one period
  std::int64_t beats = 0;     ///< [beats] that enter the buffer in a period
  std::int64_t capacity = 0;  ///< [beats] of the buffer; 0: none
  int release = 1;            ///< [cycles]
  int latency = 1;            ///< [cycles]
  std::uint32_t burst = 1;    ///< [beats] of every issue that emits; 1 where `latency` > 1
  BusyRule busy = BusyRule::kIssue;
  // What no kernel of ours has (KernelTiming):
  std::int64_t queue = 0;           ///< [beats]; 0: `latency`
  int room_after = 0;               ///< [cycles]
  int intake = 1;                   ///< [cycles]
  bool holds_until_output = false;  ///< `release` counts from the push of the next result
  std::uint64_t frame_periods = 1;  ///< [periods] of a frame
  std::int64_t frame_gap = 0;       ///< [cycles] that follow the last issue of a frame
  bool frames_overlap = true;       ///< else beats enter after the push of all earlier frames
};

}  // namespace qnnsim
