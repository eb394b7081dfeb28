// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/address_map_file.h"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <optional>

#include "sim/memory/address_map.h"

namespace qnnsim {
namespace {

using Kind = YamlValue::Kind;
using Words = std::vector<std::string>;

const std::map<std::string, Words>& named_maps() {
  static const std::map<std::string, Words> maps = {
      // A stream changes its bank group with every burst and its bank with every row.
      {"bank_group_interleaved", {"row", "rank", "bank", "channel", "column", "bank_group"}},
      {"row_bank_column", {"rank", "row", "bank", "bank_group", "column", "channel"}},
      {"row_column_bank", {"rank", "row", "column", "bank", "bank_group", "channel"}},
      {"bank_row_column", {"rank", "bank", "bank_group", "row", "column", "channel"}},
      // AMD PG353, ROW_COLUMN_BANK_INTLV for x16: row 27:13, column 12:7 and 5, bank 6 and 4, bank
      // group 3, in words of the bus above the burst's bits 2:0.
      {"row_column_bank_intlv",
       {"rank", "row", "column", "bank", "column:1", "bank:1", "bank_group", "channel"}},
  };
  return maps;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

const AddressFieldName* find_field(std::string_view name) {
  for (const AddressFieldName& field : address_fields()) {
    if (name == field.name) return &field;
  }
  return nullptr;
}

Words field_names() {
  Words names;
  for (const AddressFieldName& field : address_fields()) names.emplace_back(field.name);
  return names;
}

/// Reads one map.
class MapReader {
 public:
  MapReader(YamlReader& reader, std::string_view key, const DramSpec& spec)
      : reader_(reader), key_(key), spec_(spec) {}

  AddressMap read(const YamlValue& value) {
    switch (value.kind) {
      case Kind::kList:
        return read_parts(value);
      case Kind::kMap:
        return read_bits(value);
      default:
        return read_name(value);
    }
  }

 private:
  void complain(const Place& place, const std::string& message, const std::string& hint = {}) {
    reader_.complain_at(place, message, hint);
  }

  AddressMap read_name(const YamlValue& value) {
    const auto known = named_maps().find(value.text);
    if (known == named_maps().end()) {
      complain(value.place, fmt::format("unknown address map '{}'", value.text),
               suggest(value.text, address_map_names()));
      return {};
    }
    std::vector<AddressPart> parts;
    for (const std::string& word : known->second) parts.push_back(*part_of(word, value.place));
    return ordered_map(parts, spec_);
  }

  AddressMap read_parts(const YamlValue& value) {
    std::vector<AddressPart> parts;
    bool sound = true;
    for (const YamlPtr& item : value.items) {
      const auto part = part_of(item->kind == Kind::kScalar ? item->text : "", item->place);
      if (part) parts.push_back(*part);
      sound = sound && part;
    }
    if (!sound) return {};
    check_lengths(parts, value);
    return ordered_map(parts, spec_);
  }

  /// "bank", all bits of a field that are left, or "bank:1".
  std::optional<AddressPart> part_of(const std::string& word, const Place& place) {
    const std::size_t colon = word.find(':');
    const std::string name = word.substr(0, colon);
    AddressPart part;
    part.field = find_field(name);
    if (!part.field) {
      complain(place, fmt::format("unknown field '{}' in '{}'", name, key_),
               suggest(name, field_names()));
      return std::nullopt;
    }
    if (colon == std::string::npos) return part;
    part.bits = number(std::string_view(word).substr(colon + 1)).value_or(0);
    if (part.bits >= 1) return part;
    complain(place, fmt::format("'{}' must be a field, or a field and its number of bits", word),
             "as in column:3");
    return std::nullopt;
  }

  void check_lengths(const std::vector<AddressPart>& parts, const YamlValue& value) {
    std::map<const AddressFieldName*, int> taken;
    for (auto i = parts.size(); i-- > 0;) {
      const AddressPart& part = parts[i];
      const int width = exact_log2(part.field->places(spec_));
      int& so_far = taken[part.field];
      const bool again = part.bits == 0 && so_far > 0 && so_far >= width && width > 0;
      if (again || so_far + part.bits > width) {
        complain(value.items[i]->place,
                 fmt::format("'{}' has {} bits in all, and no more are left for this part",
                             part.field->name, width));
      }
      so_far = part.bits == 0 ? width : so_far + part.bits;
    }
  }

  AddressMap read_bits(const YamlValue& value) {
    AddressMap map;
    for (const YamlValue::Member& member : value.members) {
      const AddressFieldName* field = find_field(member.key);
      if (!field) {
        complain(member.key_place, fmt::format("unknown field '{}' in '{}'", member.key, key_),
                 suggest(member.key, field_names()));
        continue;
      }
      AddressField& bits = map.*field->field;
      const auto read_item = [&](const YamlValue& item) { add_bits(item, bits); };
      if (member.value->kind != Kind::kList) read_item(*member.value);
      for (const YamlPtr& item : member.value->items) read_item(*item);
    }
    return map;
  }

  /// One bit, several as "7..12", or the exclusive or of a list.
  void add_bits(const YamlValue& item, AddressField& field) {
    if (item.kind == Kind::kList) {
      std::vector<int> sources;
      for (const YamlPtr& source : item.items) {
        const auto bit = number(source->text);
        if (!bit || *bit < 0) must_be_bit(*source);
        sources.push_back(bit.value_or(0));
      }
      if (sources.empty()) must_be_bit(item);
      field.bits.push_back(std::move(sources));
      return;
    }
    const std::size_t dots = item.text.find("..");
    const auto first = number(std::string_view(item.text).substr(0, dots));
    const auto last =
        dots == std::string::npos ? first : number(std::string_view(item.text).substr(dots + 2));
    if (!first || !last || *first < 0 || *last < *first || *last > 63) {
      must_be_bit(item);
      return;
    }
    for (int bit = *first; bit <= *last; ++bit) field.bits.push_back({bit});
  }

  void must_be_bit(const YamlValue& item) {
    complain(item.place, "an address bit must be a number, a range or a list of numbers",
             "as in [7, 9..12, [13, 17]]; a list is the exclusive or of its bits");
  }

  YamlReader& reader_;
  const std::string key_;
  const DramSpec& spec_;
};

}  // namespace

AddressMap read_address_map(YamlReader& reader, std::string_view key, const DramSpec& spec) {
  reader.require(key, "the name of a map, a list of fields, or the bits of each field");
  const YamlPtr value = reader.value(key);
  if (!value || !counts_are_powers_of_two(spec)) return {};
  return MapReader(reader, key, spec).read(*value);
}

std::vector<std::string> address_map_names() {
  std::vector<std::string> names;
  for (const auto& [name, parts] : named_maps()) names.push_back(name);
  return names;
}

}  // namespace qnnsim
