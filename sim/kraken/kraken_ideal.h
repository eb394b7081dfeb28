// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "models/kernel.h"
#include "sim/kraken/kraken_plan.h"

namespace qnnsim {

/// What the ideal engine did for a layer, over all batches.
struct KrakenIdealCounts {
  std::uint64_t beats = 0;       ///< [cycles] in which it multiplied
  std::uint64_t shifts = 0;      ///< [cycles] in which sums moved to the next column
  std::uint64_t configures = 0;  ///< [cycles], one an iteration
  std::uint64_t pixel_words = 0;
  std::uint64_t weight_words = 0;
  std::uint64_t sum_words = 0;
};

/// The engine of the paper (arXiv 2112.02793), with strides in hardware: pixels, weights and room
/// for sums are always there, so that nothing but the array takes time. An iteration takes a cycle
/// to configure, a column of pixels Ci x KH beats and, where the kernel is wider than 1, a shift.
///
/// Streams: a token for every frame that is there (input 0), and one for each that is done (output
/// 0).
class KrakenIdeal final : public Kernel {
 public:
  explicit KrakenIdeal(std::shared_ptr<const KrakenPlan> plan);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override;  ///< of a batch
  std::uint64_t dsps() const override { return kraken_dsps(plan_->settings.params); }
  /// By layer.
  const std::vector<KrakenIdealCounts>& counts() const { return counts_; }

 private:
  enum class State { kFrames, kConfigure, kColumns, kDone };

  void begin_iteration();
  void compute();
  void finish_column();
  const KrakenLayer& layer() const { return plan_->layers[layer_]; }

  const std::shared_ptr<const KrakenPlan> plan_;
  State state_ = State::kFrames;
  int frames_ = 0;
  std::size_t layer_ = 0;
  std::uint64_t iteration_ = 0;  ///< of all groups
  std::uint64_t row_ = 0;        ///< row block of an image
  int column_ = 0;
  int beat_ = 0;
  int given_ = 0;  ///< columns of sums of the present row block
  std::vector<KrakenIdealCounts> counts_;
};

}  // namespace qnnsim
