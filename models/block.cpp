// SPDX-License-Identifier: Apache-2.0
#include "models/block.h"

#include <utility>

namespace qnnsim {
namespace {

std::map<std::string, BlockFactory, std::less<>>& registry() {
  static std::map<std::string, BlockFactory, std::less<>> factories;
  return factories;
}

std::set<std::string>& names() {
  static std::set<std::string> names;
  return names;
}

}  // namespace

const std::map<std::string, BlockFactory, std::less<>>& blocks() { return registry(); }

const std::set<std::string>& block_names() { return names(); }

BlockRegistration::BlockRegistration(const std::string& name) { names().insert(name); }

BlockRegistration::BlockRegistration(const std::string& name, BlockFactory create)
    : BlockRegistration(name) {
  registry().emplace(name, std::move(create));
}

}  // namespace qnnsim
