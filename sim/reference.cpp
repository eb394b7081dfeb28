// SPDX-License-Identifier: Apache-2.0
#include "sim/reference.h"

namespace qnnsim {

Tensor reference_output(const Network& network, const std::vector<Constants>& constants,
                        const Tensor& frame) {
  const std::size_t layers = network.layers.size();
  std::vector<std::size_t> last_reader(layers, layers - 1);
  for (std::size_t i = 0; i < layers; ++i) {
    for (int from : network.layers[i].from) {
      if (from != Layer::kNetworkInput) last_reader[from] = i;
    }
  }
  std::vector<Tensor> maps(layers);
  for (std::size_t i = 0; i < layers; ++i) {
    const Layer& layer = network.layers[i];
    std::vector<const Tensor*> inputs;
    for (int from : layer.from) {
      inputs.push_back(from == Layer::kNetworkInput ? &frame : &maps[from]);
    }
    maps[i] = layer.meaning->reference(inputs, constants[i]);
    for (int from : layer.from) {
      if (from != Layer::kNetworkInput && last_reader[from] == i) maps[from] = Tensor();
    }
  }
  return std::move(maps.back());
}

}  // namespace qnnsim
