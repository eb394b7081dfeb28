// SPDX-License-Identifier: Apache-2.0
#include "models/sink.h"

#include <utility>

namespace qnnsim {

Sink::Sink(Port port, std::uint64_t frames, Pressure pressure)
    : Kernel({port}, {}),
      beats_(port.beats),
      total_(frames * port.beats),
      lanes_(port.lanes),
      pressure_(std::move(pressure)) {}

Step Sink::tick(Cycle now) {
  if (done()) return Step::starved(true);
  if (!in().can_pop()) return Step::starved(true);
  if (now < next_ready_ || pressure_.stalls(now)) return Step::blocked(false);
  if (carries_data_) values_.insert(values_.end(), in().front(), in().front() + lanes_);
  in().pop();
  next_ready_ = now + pressure_.interval();
  if (taken_ == 0) first_output_ = now;
  if (++taken_ % beats_ == 0) frame_ends_.push_back(now);
  return Step::busy();
}

}  // namespace qnnsim
