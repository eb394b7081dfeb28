// SPDX-License-Identifier: Apache-2.0
#include "sim/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <utility>

#include "sim/layer_order.h"
#include "sim/yaml_reader.h"
#include "sim/yaml_value.h"

namespace qnnsim {
namespace {

constexpr std::int64_t kMostElements = std::numeric_limits<std::int32_t>::max();
constexpr const char* kLegalName = "letters, digits, '_' and '-'";
constexpr int kUnknown = -2;  ///< in place of a layer's index: the name means nothing

bool is_name(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

/// Words that mean something else where the name of a layer may stand.
const std::vector<std::string>& reserved_names() {
  static const std::vector<std::string> names = {"all",  "default", "input",
                                                 "none", "sink",    "source"};
  return names;
}

std::vector<std::string> known_operators() {
  std::vector<std::string> names;
  for (const auto& [name, entry] : operators()) names.push_back(name);
  return names;
}

/// Reads one network file.
class NetworkReader {
 public:
  NetworkReader(const std::string& path, YamlPtr root, Findings& findings)
      : findings_(findings), reader_(std::move(root), "the network", findings) {
    network_.path = path;
  }

  Network read() {
    const std::size_t findings_before = findings_.all().size();
    network_.name = reader_.text("network");
    read_input();
    reader_.require("layers", "a list of layers, each {name: ..., op: ...}");
    for (YamlReader& layer : reader_.maps("layers", "a layer")) read_layer(std::move(layer));
    if (drafts_.empty() && reader_.has("layers") && !reader_.failed()) {
      reader_.complain("layers", "a network has at least one layer");
    }
    reader_.finish();
    for (std::size_t index = 0; index < drafts_.size(); ++index) resolve(index);
    report_cycles();
    create_layers();
    if (names_are_sound_) report_unread();
    network_.is_complete = findings_.all().size() == findings_before;
    return std::move(network_);
  }

 private:
  /// A layer of the file on its way to become one of the network.
  struct Draft {
    YamlReader reader;
    Layer layer;  ///< `from` counts in the order of the file
    const OperatorEntry* entry = nullptr;
    bool inputs_fit = true;  ///< as many as the operator reads
    bool is_read = false;
  };

  void read_input() {
    reader_.require("input", "a map like {height: 32, width: 32, channels: 3, type: UINT8}");
    if (!reader_.has("input")) return;
    YamlReader input = reader_.map("input", "the input");
    constexpr int kMostPixels = 1 << 16, kMostChannels = 1 << 20;
    network_.input.height = static_cast<int>(input.integer("height", {}, 1, kMostPixels));
    network_.input.width = static_cast<int>(input.integer("width", {}, 1, kMostPixels));
    network_.input.channels = static_cast<int>(input.integer("channels", {}, 1, kMostChannels));
    network_.input.type = input.type("type");
    input.finish();
    check_size(input, "", "the input", network_.input.elements());
    input_is_known_ = !input.failed();
  }

  static void check_size(YamlReader& reader, const std::string& key, const std::string& what,
                         std::int64_t elements) {
    if (elements <= kMostElements) return;
    reader.complain(
        key, fmt::format("{} has {} elements; {} is the most", what, elements, kMostElements));
  }

  void read_layer(YamlReader reader) {
    Layer layer;
    layer.place = reader.place();
    reader.require("name", kLegalName);
    layer.name = reader.text("name");
    reader.require("op", "one of " + join(known_operators()));
    layer.op = reader.text("op");
    reader.rename(layer.name.empty() ? "a layer" : fmt::format("layer '{}'", layer.name));
    reader.report_missing();
    names_are_sound_ &= check_name(reader, layer.name);
    const auto entry = operators().find(layer.op);
    const bool is_known = entry != operators().end();
    if (!is_known && !layer.op.empty()) {
      reader.complain("op", fmt::format("unknown operator '{}'", layer.op),
                      suggest(layer.op, known_operators()));
    }
    drafts_.push_back({std::move(reader), std::move(layer), is_known ? &entry->second : nullptr});
  }

  /// Enters a sound name into the index.
  bool check_name(YamlReader& reader, const std::string& name) {
    if (name.empty()) return false;  // told already
    const std::vector<std::string>& reserved = reserved_names();
    if (!is_name(name)) {
      reader.complain("name", fmt::format("'{}' is no name", name),
                      fmt::format("a name is {}", kLegalName));
      return false;
    }
    if (std::find(reserved.begin(), reserved.end(), name) != reserved.end()) {
      reader.complain("name", fmt::format("a layer cannot be called '{}'", name),
                      "reserved are " + join(reserved));
      return false;
    }
    const auto [first, is_new] = index_.emplace(name, drafts_.size());
    if (is_new) return true;
    reader.complain(
        "name", fmt::format("a second layer is called '{}'", name),
        fmt::format("the first stands in line {}", drafts_[first->second].layer.place.line));
    return false;
  }

  /// Turns the names in `from` into indices.
  void resolve(std::size_t index) {
    Draft& draft = drafts_[index];
    if (!draft.reader.has("from")) {
      draft.layer.from = {index == 0 ? Layer::kNetworkInput : static_cast<int>(index) - 1};
    }
    for (const PlacedText& name : draft.reader.texts("from")) {
      draft.layer.from.push_back(find_source(draft, name));
    }
    for (const int from : draft.layer.from) {
      if (from >= 0) drafts_[from].is_read = true;
    }
    check_number_of_inputs(draft);
  }

  int find_source(const Draft& reader, const PlacedText& name) {
    if (name.text == "input") return Layer::kNetworkInput;
    const auto found = index_.find(name.text);
    if (found != index_.end() && name.text != reader.layer.name) {
      return static_cast<int>(found->second);
    }
    names_are_sound_ = false;
    if (name.text == reader.layer.name) {
      findings_.add(name.place, fmt::format("layer '{}' reads itself", name.text));
      return kUnknown;
    }
    std::vector<std::string> known = {"input"};
    for (const Draft& draft : drafts_) known.push_back(draft.layer.name);
    findings_.add(name.place, fmt::format("unknown layer '{}'", name.text),
                  suggest(name.text, known));
    return kUnknown;
  }

  static void check_number_of_inputs(Draft& draft) {
    constexpr std::size_t kMostNamed = 1000;  // a greater limit is none
    if (!draft.entry) return;
    const std::size_t least = draft.entry->min_inputs, most = draft.entry->max_inputs;
    const std::size_t given = draft.layer.from.size();
    draft.inputs_fit = given >= least && given <= most;
    if (draft.inputs_fit) return;
    std::string wanted = fmt::format("{} to {} layers", least, most);
    if (most > kMostNamed) wanted = fmt::format("{} or more layers", least);
    if (most == least) wanted = fmt::format("{} layer{}", least, least == 1 ? "" : "s");
    draft.reader.complain("from",
                          fmt::format("'{}' reads {}, not {}", draft.layer.op, wanted, given),
                          "'from' names the layers that it reads: from: [a, b]");
  }

  Graph graph() const {
    Graph result;
    for (const Draft& draft : drafts_) result.push_back(draft.layer.from);
    return result;
  }

  void report_cycles() {
    for (const std::vector<int>& cycle : cycles(graph())) {
      std::string names;
      for (const int index : cycle) names += drafts_[index].layer.name + " -> ";
      names += drafts_[cycle.front()].layer.name;
      drafts_[cycle.front()].reader.complain("from", "the layers form a cycle: " + names,
                                             "a dataflow network feeds forward only");
    }
  }

  /// Moves the layers into the network in topological order.
  void create_layers() {
    std::vector<int> new_index(drafts_.size(), kUnknown);
    for (const int index : topological_order(graph())) {
      Draft& draft = drafts_[index];
      for (int& from : draft.layer.from) {
        if (from >= 0) from = new_index[from];
      }
      create(draft);
      new_index[index] = static_cast<int>(network_.layers.size());
      network_.layers.push_back(std::move(draft.layer));
    }
  }

  bool knows_input(int from) const {
    if (from == Layer::kNetworkInput) return input_is_known_;
    return from != kUnknown && network_.layers[from].meaning != nullptr;
  }

  /// Gives the layer its meaning; none if it or something in front of it is wrong.
  void create(Draft& draft) {
    YamlReader& reader = draft.reader;
    Layer& layer = draft.layer;
    const bool inputs_known = std::all_of(layer.from.begin(), layer.from.end(),
                                          [&](int from) { return knows_input(from); });
    if (!inputs_known || !draft.entry || !draft.inputs_fit) return;
    const std::size_t findings_before = findings_.all().size();
    std::vector<TensorShape> inputs;
    for (std::size_t i = 0; i < layer.from.size(); ++i) {
      inputs.push_back(network_.input_shape(layer, i));
    }
    std::shared_ptr<const Operator> meaning = draft.entry->create(reader, inputs);
    if (meaning) {
      read_constants(reader, layer, *meaning);
      check_size(reader, "op", "the output", meaning->output().elements());
    } else {
      ask_for_files(reader);
    }
    reader.finish();
    if (findings_.all().size() == findings_before) layer.meaning = std::move(meaning);
  }

  /// Without a meaning nobody knows which files a layer may name.
  static void ask_for_files(YamlReader& reader) {
    constexpr std::string_view kSuffix = "_file";
    for (const std::string& key : reader.keys()) {
      const bool is_file = key.size() > kSuffix.size() &&
                           key.compare(key.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0;
      if (is_file) reader.has(key);
    }
  }

  static void read_constants(YamlReader& reader, Layer& layer, const Operator& meaning) {
    for (const ConstantSpec& spec : meaning.constants()) {
      const std::string path = reader.file(spec.key + "_file");
      if (!path.empty()) layer.constant_files[spec.key] = path;
      check_size(reader, spec.key, fmt::format("'{}'", spec.key), elements(spec));
    }
  }

  /// Elements of a constant, or some number above `kMostElements`.
  static std::int64_t elements(const ConstantSpec& spec) {
    std::int64_t result = 1;
    for (const int size : spec.shape) {
      if (result > kMostElements) break;
      result *= size;
    }
    return result;
  }

  void report_unread() {
    for (std::size_t index = 0; index + 1 < drafts_.size(); ++index) {
      Draft& draft = drafts_[index];
      if (draft.is_read) continue;
      draft.reader.complain("name", "nobody reads this layer",
                            "name it in another layer's 'from', or remove it");
    }
  }

  Findings& findings_;
  YamlReader reader_;
  Network network_;
  std::vector<Draft> drafts_;
  std::map<std::string, std::size_t> index_;  ///< of a draft by name
  bool input_is_known_ = false;
  bool names_are_sound_ = true;  ///< else it is unknown who reads whom
};

}  // namespace

std::uint64_t Network::macs() const {
  std::uint64_t result = 0;
  for (const Layer& layer : layers) result += layer.meaning->macs();
  return result;
}

Network segment(const Network& network, std::size_t first, std::size_t last) {
  Network part = network;
  if (first > 0) part.input = network.layers[first - 1].meaning->output();
  part.layers.assign(network.layers.begin() + static_cast<std::ptrdiff_t>(first),
                     network.layers.begin() + static_cast<std::ptrdiff_t>(last));
  for (Layer& layer : part.layers) {
    for (int& from : layer.from) from -= static_cast<int>(first);
  }
  return part;
}

Network load_network(const std::string& path, const Place& named_at, Findings& findings) {
  YamlPtr root = load_yaml(path, named_at, findings);
  if (!root) return {};
  return NetworkReader(path, std::move(root), findings).read();
}

Network load_network(const std::string& path, Findings& findings) {
  return load_network(path, {path, 0, 0}, findings);
}

}  // namespace qnnsim
