// SPDX-License-Identifier: Apache-2.0
#include "models/rtl_module.h"

#include <fmt/format.h>

#include <algorithm>

namespace qnnsim {

RtlKind rtl_kind(DataType type) {
  if (type.is_bipolar()) return RtlKind::kBipolar;
  return type.is_signed() ? RtlKind::kSigned : RtlKind::kUnsigned;
}

RtlModule& RtlModule::set(const std::string& name, std::int64_t value) {
  parameters.emplace_back(name, std::to_string(value));
  return *this;
}

RtlModule& RtlModule::set(const std::string& name, const std::vector<std::int64_t>& values) {
  std::string digits;
  std::for_each(values.rbegin(), values.rend(), [&](std::int64_t value) {
    digits += fmt::format("{:08x}", static_cast<std::uint32_t>(value));
  });
  parameters.emplace_back(name, fmt::format("{}'h{}", 32 * values.size(), digits));
  return *this;
}

RtlModule& RtlModule::set_type(const std::string& prefix, DataType type) {
  set(prefix + "Width", type.bits());
  return set(prefix + "Kind", static_cast<std::int64_t>(rtl_kind(type)));
}

RtlModule& RtlModule::set_text(const std::string& name, const std::string& text) {
  parameters.emplace_back(name, '"' + text + '"');
  return *this;
}

RtlModule& RtlModule::set_memory(RtlMemory memory) {
  set_text(memory.parameter, memory.file());
  memories.push_back(std::move(memory));
  return *this;
}

}  // namespace qnnsim
