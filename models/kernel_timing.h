// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "models/schedule.h"

namespace qnnsim {

/// What happens to the stages of a pipeline while its output is blocked.
enum class FlowControl {
  kCredits,  ///< they go on: at most `queue` results are inside, on their way or queued; an issue
             ///< that emits waits for room
  kFrozen,   ///< they stand, and nothing is issued, while `queue` results that have come to the end
             ///< of the pipeline have not left; gaps between results stay as they are
  kLocked,   ///< they go on: nothing is issued from the edge at which a result queues behind a
             ///< blocked one until nothing queues
};

/// Until when the place of a beat in the input buffer is taken.
enum class Hold {
  kIssue,   ///< until the last issue that uses it
  kOutput,  ///< until the next result after that issue has left
};

/// When a kernel whose order of issues is known (Schedule) moves its beats: the free parameters of
/// a model that `qnnsim calibrate` fits to RTL. What they mean beat by beat: docs/calibration.md.
struct KernelTiming {
  FlowControl flow = FlowControl::kCredits;
  std::int64_t latency = 1;     ///< [cycles] from the issue that emits to the first possible push
  std::int64_t queue = 1;       ///< [beats] results that the output side holds, see FlowControl
  std::int64_t room_after = 0;  ///< [cycles] from a push to the issue that may use its room: 0 or 1
  std::int64_t capacity = 0;    ///< [beats] of the input buffer; 0: a beat is issued as it is taken
  std::int64_t intake = 1;      ///< [cycles] from the entry of a beat into the buffer to the first
                                ///< issue that can use it
  std::int64_t release = 1;     ///< [cycles] from the end of `hold` to the place being free
  Hold hold = Hold::kIssue;
  std::int64_t fetch = 0;      ///< [beats] of operand register between buffer and issue: 0 or 1
  std::int64_t start = 0;      ///< [cycles] before the first issue of all
  std::int64_t interval = 1;   ///< [cycles] from an issue to the next at the earliest
  std::int64_t frame_gap = 0;  ///< [cycles] more between the issues of two frames
  /// Else the first beat of a frame is taken after the last result of the frame before has left.
  bool frames_overlap = true;
};

/// The fields of KernelTiming that are numbers, by the names that files have for them.
struct TimingField {
  std::string_view name;
  std::int64_t KernelTiming::*field;
  std::int64_t least;
  std::int64_t most;
};

inline constexpr std::int64_t kMostTiming = 1 << 20;

inline constexpr TimingField kTimingFields[] = {
    {"latency", &KernelTiming::latency, 1, kMostTiming},
    {"queue", &KernelTiming::queue, 1, kMostTiming},
    {"room_after", &KernelTiming::room_after, 0, 1},
    {"capacity", &KernelTiming::capacity, 0, kMostTiming},
    {"intake", &KernelTiming::intake, 0, 63},
    {"release", &KernelTiming::release, 0, 63},
    {"fetch", &KernelTiming::fetch, 0, 1},
    {"start", &KernelTiming::start, 0, kMostTiming},
    {"interval", &KernelTiming::interval, 1, kMostTiming},
    {"frame_gap", &KernelTiming::frame_gap, 0, kMostTiming},
};

/// The names of the values that are none, in the order of their enumerations.
inline constexpr std::string_view kFlowControlNames[] = {"credits", "frozen", "locked"};
inline constexpr std::string_view kHoldNames[] = {"issue", "output"};

/// The timing that a schedule has by itself.
KernelTiming timing_of(const Schedule& schedule);

}  // namespace qnnsim
