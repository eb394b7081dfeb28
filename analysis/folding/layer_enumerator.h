// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "analysis/folding/folding_space.h"

namespace qnnsim {

/// Finds every legal way to fold a layer: lowers it alone, and whenever it asks for a value that
/// has not been chosen yet, again with each legal one.
///
/// Values that leave beats as they are (`memory`, `compute`, `weight_source`, `weight_tile`) are
/// not multiplied with the others: what a kernel takes in each style is found once for each kernel
/// that is different.
class LayerEnumerator {
 public:
  LayerEnumerator(const Scenario& scenario, const SpaceOptions& options)
      : scenario_(scenario), options_(options) {}

  std::shared_ptr<const LayerSpace> space(const Layer& layer);
  std::size_t classes() const { return spaces_.size(); }

 private:
  std::shared_ptr<const LayerSpace> enumerate(const Layer& layer);

  const Scenario& scenario_;
  const SpaceOptions options_;
  std::map<std::string, std::shared_ptr<const LayerSpace>> spaces_;
};

}  // namespace qnnsim
