// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario_yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "sim/input_file.h"

namespace qnnsim {
namespace {

using Kind = YamlValue::Kind;
using Member = YamlValue::Member;

constexpr char kExtends[] = "extends";

/// `base` with the keys of `over`.
YamlPtr merged(const YamlPtr& base, const YamlPtr& over) {
  if (base->kind != Kind::kMap || over->kind != Kind::kMap) return over;
  YamlPtr result = base;
  for (const Member& member : over->members) {
    const Member* old = base->find(member.key);
    if (old != nullptr && member.value->kind == Kind::kNull) {
      result = without_member(*result, member.key);
    } else {
      const YamlPtr value = old == nullptr ? member.value : merged(old->value, member.value);
      result = with_member(*result, {member.key, member.key_place, value});
    }
  }
  return result;
}

/// `above`: the files that lead here.
YamlPtr load(const std::string& path, const Place& named_at, std::vector<std::string> above,
             Findings& findings) {
  std::error_code ignored;
  const std::string file = std::filesystem::weakly_canonical(path, ignored).string();
  if (std::find(above.begin(), above.end(), file) != above.end()) {
    findings.add(named_at, fmt::format("'{}' extends itself", path));
    return nullptr;
  }
  above.push_back(file);
  const YamlPtr root = load_yaml(path, named_at, findings);
  const Member* extends = root ? root->find(kExtends) : nullptr;
  if (extends == nullptr) return root;
  const YamlValue& name = *extends->value;
  if (name.kind != Kind::kScalar || name.text.empty()) {
    findings.add(name.place, "'extends' must be the path of a scenario file");
    return nullptr;
  }
  const YamlPtr base = load(resolve_path(name.text, name.place), name.place, above, findings);
  return base ? merged(base, without_member(*root, kExtends)) : nullptr;
}

}  // namespace

YamlPtr load_scenario_yaml(const std::string& path, Findings& findings) {
  return load(path, {path, 0, 0}, {}, findings);
}

}  // namespace qnnsim
