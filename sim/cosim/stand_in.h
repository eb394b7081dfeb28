// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/kernel.h"

namespace qnnsim {

/// A kernel that runs in the place of a model, which goes on saying what the kernel is.
class StandIn : public Kernel {
 public:
  std::uint64_t frame_interval() const final { return model_->frame_interval(); }
  std::uint64_t macs() const final { return model_->macs(); }
  std::uint64_t dsps() const final { return model_->dsps(); }
  std::string idle_lanes() const final { return model_->idle_lanes(); }
  std::string_view block() const final { return model_->block(); }
  Traits traits() const final { return model_->traits(); }
  std::vector<KernelMemory> memories() const final { return model_->memories(); }
  std::string memory_style() const final { return model_->memory_style(); }
  std::optional<RtlModule> rtl() const final { return model_->rtl(); }

 protected:
  explicit StandIn(std::unique_ptr<Kernel> model)
      : Kernel(model->inputs(), model->outputs()), model_(std::move(model)) {}

  Kernel& model() { return *model_; }
  const Kernel& model() const { return *model_; }

 private:
  const std::unique_ptr<Kernel> model_;
};

}  // namespace qnnsim
