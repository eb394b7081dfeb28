// SPDX-License-Identifier: Apache-2.0
#include "models/block.h"

#include <utility>

namespace qnnsim {
namespace {

std::map<std::string, BlockFactory, std::less<>>& registry() {
  static std::map<std::string, BlockFactory, std::less<>> factories;
  return factories;
}

}  // namespace

const std::map<std::string, BlockFactory, std::less<>>& blocks() { return registry(); }

BlockRegistration::BlockRegistration(std::string name, BlockFactory create) {
  registry().emplace(std::move(name), std::move(create));
}

}  // namespace qnnsim
