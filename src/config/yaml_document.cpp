#include "config/yaml_document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace sluice::config {
namespace {

Place place_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

/// Builds the tree from the parser's events. We build our own because yaml-cpp's nodes share what an
/// alias repeats and hide a key that appears twice.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(FindingList& findings) : findings_(findings) {}

  std::optional<YamlNode> take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, "", anchor);
    add(leaf(YamlNode::Kind::null, mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    findings_.error(place_of(mark), "aliases are not supported: write the value out");
    add(leaf(YamlNode::Kind::null, mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    check(mark, tag, anchor);
    YamlNode node = leaf(YamlNode::Kind::scalar, mark);
    node.text = value;
    node.quoted = tag == "!";
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;    ///< read, its value not yet
    std::set<std::string> seen;
  };

  static YamlNode leaf(YamlNode::Kind kind, const YAML::Mark& mark) {
    YamlNode node;
    node.kind = kind;
    node.place = place_of(mark);
    return node;
  }

  void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) findings_.error(place_of(mark), "anchors are not supported: write the value out where it is needed");
    if (!tag.empty() && tag != "?" && tag != "!") findings_.error(place_of(mark), "type tags such as !!str are not supported: use quotes");
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    check(mark, tag, anchor);
    if (open_.size() >= static_cast<std::size_t>(kMaxYamlDepth)) throw YAML::ParserException(mark, "nested too deeply");
    open_.push_back({leaf(kind, mark), std::nullopt, {}});
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::sequence) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::move(node);
    } else {
      add_field(parent, std::move(*parent.key), std::move(node));
      parent.key.reset();
    }
  }

  void add_field(Open& parent, YamlNode key, YamlNode value) {
    if (key.kind != YamlNode::Kind::scalar) {
      findings_.error(key.place, "a key must be plain text");
    } else if (!parent.seen.insert(key.text).second) {
      findings_.error(key.place, "duplicate key \"" + key.text + "\"");
    } else {
      parent.node.fields.emplace_back(std::move(key), std::move(value));
    }
  }

  FindingList& findings_;
  std::vector<Open> open_;
  std::optional<YamlNode> root_;
};

}  // namespace

bool FindingList::any_error() const {
  return std::any_of(found_.begin(), found_.end(), [](const Found& found) { return found.error; });
}

std::vector<Finding> FindingList::in_file_order() const {
  std::vector<Found> sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Found& a, const Found& b) { return a.place < b.place; });
  std::vector<Finding> findings;
  for (Found& found : sorted) {
    const std::string where = file_name_ + ":" + std::to_string(found.place.line) + ":" + std::to_string(found.place.column);
    findings.push_back({found.error, where, std::move(found.message)});
  }
  return findings;
}

std::optional<YamlNode> parse_yaml(std::string_view text, FindingList& findings) {
  TreeBuilder builder(findings);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      findings.error({1, 1}, "the file is empty");
      return std::nullopt;
    }
    std::optional<YamlNode> document = builder.take();
    if (parser.HandleNextDocument(builder)) {
      const std::optional<YamlNode> second = builder.take();
      findings.error(second ? second->place : Place{1, 1}, "a second document: the file must hold one");
    }
    return document;
  } catch (const YAML::Exception& mistake) {  // the library's only way to report a mistake in the text
    findings.error(mistake.mark.is_null() ? Place{1, 1} : place_of(mistake.mark), "not valid YAML: " + mistake.msg);
    return std::nullopt;
  }
}

}  // namespace sluice::config
