// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace qnnsim {

/// What happens to the stages of a pipeline while its output is blocked.
enum class FlowControl {
  kCredits,  ///< they go on: at most `queue` beats are inside, on their way or queued; an issue
             ///< that emits waits for room
  kFrozen,  ///< they stand: one enable for all, low while the `queue` beats behind the last stage
            ///< are taken up
  kLocked,  ///< they go on: nothing is issued from the edge at which a result queues behind a
            ///< blocked one until the queue is empty
};

/// When a kernel whose order of issues is known (Schedule) moves its beats: the free parameters of
/// a model that `qnnsim calibrate` fits to RTL. [cycles] and [beats] of the kernel's own streams.
struct KernelTiming {
  FlowControl flow = FlowControl::kCredits;
  int latency = 1;            ///< [cycles] from the issue that emits to the first push
  int queue = 1;              ///< [beats] of the output side, see FlowControl
  int intake = 1;             ///< [cycles] from the entry of a beat into the buffer to the first
                              ///< issue that can use it; 0: issued as it is taken
  std::int64_t capacity = 0;  ///< [beats] of the input buffer; 0: none
  int release = 1;            ///< [cycles] from the last use of a beat to its place being free
  int frame_gap = 0;  ///< [cycles] between the last issue of a frame and the next one's first
  bool frames_overlap = true;  ///< else a frame enters only when the last issue of the one before
                               ///< is over
};

}  // namespace qnnsim
