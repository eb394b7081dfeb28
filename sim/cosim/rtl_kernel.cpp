// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/rtl_kernel.h"

#include <algorithm>
#include <utility>

namespace qnnsim {

RtlKernel::RtlKernel(std::unique_ptr<Kernel> model, std::unique_ptr<RtlInstance> instance,
                     std::function<void(Cycle, const std::string&)> on_stop)
    : StandIn(std::move(model)),
      instance_(std::move(instance)),
      on_stop_(std::move(on_stop)),
      offered_(inputs().size(), ~std::uint64_t{0}) {
  int lanes = 1;
  for (const Port& port : outputs()) lanes = std::max(lanes, port.lanes);
  beat_.resize(static_cast<std::size_t>(lanes));
}

Step RtlKernel::tick(Cycle now) {
  RtlInstance& rtl = *instance_;
  for (std::size_t i = 0; i < inputs().size(); ++i) {
    const Fifo& input = in(i);
    if (!input.can_pop()) {
      rtl.withdraw(i);
    } else if (offered_[i] != input.beats_out()) {
      rtl.offer(i, input.front());
      offered_[i] = input.beats_out();
    }
  }
  for (std::size_t j = 0; j < outputs().size(); ++j) rtl.accept(j, out(j).can_push());
  rtl.settle();

  bool moved = false;
  bool blocked = false;
  for (std::size_t i = 0; i < inputs().size(); ++i) {
    if (!rtl.takes(i)) continue;
    in(i).pop();
    moved = true;
  }
  for (std::size_t j = 0; j < outputs().size(); ++j) {
    blocked = blocked || (rtl.is_valid(j) && !out(j).can_push());
    if (!rtl.gives(j)) continue;
    rtl.read(j, beat_.data());
    std::copy_n(beat_.data(), outputs()[j].lanes, out(j).push());
    moved = true;
  }
  rtl.clock_edge();

  if (rtl.stopped() && !reported_) {
    reported_ = true;
    on_stop_(now, rtl.said());
  }
  if (moved) {
    moved_ = now;
    return Step::busy();
  }
  const bool still = now - moved_ > kPatience;
  return blocked ? Step::blocked(still) : Step::starved(still);
}

}  // namespace qnnsim
