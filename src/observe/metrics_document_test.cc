// SPDX-License-Identifier: Apache-2.0
// docs/metrics.md and the code, compared in both directions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/text.h"
#include "observe/metric_table.h"
#include "observe/metrics.h"

namespace rds_csi {
namespace {

struct Described {
  std::string kind;
  std::set<std::string> labels;
  std::string help;
  bool operator==(const Described&) const = default;
};
std::ostream& operator<<(std::ostream& to, const Described& described) {
  return to << described.kind << " {"
            << Join({described.labels.begin(), described.labels.end()}, ", ") << "} "
            << described.help;
}

using Descriptions = std::map<std::string, Described>;

std::string Document() {
  std::ostringstream text;
  text << std::ifstream(RDS_CSI_METRICS_DOCUMENT).rdbuf();
  return text.str();
}

// `a`, `b` → a, b
std::set<std::string> LabelsIn(std::string_view cell) {
  std::set<std::string> labels;
  const std::vector<std::string_view> pieces = Split(cell, '`');
  for (size_t i = 1; i < pieces.size(); i += 2) labels.emplace(pieces[i]);
  return labels;
}

// Rows such as "| `name` | kind | labels | meaning | what to do |".
Descriptions InDocument() {
  Descriptions found;
  const std::string text = Document();
  for (const std::string_view line : Lines(text)) {
    const std::vector<std::string_view> cells = Split(line, '|');
    if (!line.starts_with("| `rds_csi_") || cells.size() != 7) continue;
    const std::string name(Trim(cells[1]).substr(1, Trim(cells[1]).size() - 2));
    const Described row = {std::string(Trim(cells[2])), LabelsIn(cells[3]),
                           std::string(Trim(cells[4]))};
    EXPECT_TRUE(found.emplace(name, row).second) << name << " is there twice";
    EXPECT_FALSE(Trim(cells[5]).empty()) << name << ": what is to be done?";
  }
  return found;
}

Descriptions InTable() {
  Descriptions all;
  for (const MetricAbout& about : AllMetrics()) {
    all[std::string(about.name)] = {std::string(NameOf(about.kind)),
                                    {about.labels.begin(), about.labels.end()},
                                    std::string(about.help)};
  }
  return all;
}

// Names of labels in `a="x",b="y"`; le belongs to the format.
std::set<std::string> LabelNames(std::string_view labels) {
  std::set<std::string> names;
  for (const std::string_view piece : Split(labels, ',')) {
    const std::string name(piece.substr(0, piece.find('=')));
    if (!name.empty() && name != "le") names.insert(name);
  }
  return names;
}

// What a scrape says of itself.
Descriptions InScrape(const std::string& text) {
  Descriptions found;
  std::string family;
  for (const std::string_view line : Lines(text)) {
    const std::vector<std::string_view> words = Split(line, ' ');
    if (line.starts_with("# HELP ")) {
      family = words[2];
      found[family].help = line.substr(std::string_view("# HELP  ").size() + family.size());
    } else if (line.starts_with("# TYPE ")) {
      found[family].kind = words[3];
    } else if (const size_t open = line.find('{'); open != std::string_view::npos) {
      found[family].labels = LabelNames(line.substr(open + 1, line.rfind('}') - open - 1));
    }
  }
  return found;
}

// Something of everything.
void Exercise(Metrics& metrics) {
  metrics.RpcBegan("Probe");
  metrics.RpcEnded("Probe", absl::StatusCode::kOk, absl::ZeroDuration());
  metrics.RdsCommandEnded("/disk", "add", absl::StatusCode::kOk, absl::ZeroDuration());
  metrics.ReconcileEnded(absl::StatusCode::kOk, absl::ZeroDuration());
  metrics.RdsLogin("rest", LoginOutcome::kAccepted);
  metrics.AskReady([] { return true; });
  metrics.AskEventsDropped([] { return 0; });
  metrics.AskStaged([] { return std::vector<StagedState>{{.volume_id = "pvc-1"}}; });
}

TEST(MetricTableTest, EachStandsAtItsPlace) {
  for (size_t i = 0; i < AllMetrics().size(); ++i) {
    EXPECT_EQ(static_cast<size_t>(AllMetrics()[i].metric), i) << AllMetrics()[i].name;
  }
}

TEST(MetricTableTest, MET_1_NamesFollowTheConventionsOfPrometheus) {
  for (const MetricAbout& about : AllMetrics()) {
    EXPECT_TRUE(about.name.starts_with("rds_csi_")) << about.name;
    EXPECT_EQ(about.name.ends_with("_total"), about.kind == MetricKind::kCounter) << about.name;
    EXPECT_EQ(about.name.ends_with("_seconds"), about.kind == MetricKind::kHistogram) << about.name;
  }
}

TEST(MetricsDocumentTest, MET_1_DescribesEveryMetricAndNoOther) {
  EXPECT_EQ(InDocument(), InTable());
}

TEST(MetricsDocumentTest, MET_1_AScrapeHasEveryMetricAndNoOther) {
  Metrics metrics("1", "node");
  Exercise(metrics);
  EXPECT_EQ(InScrape(metrics.Text()), InTable());
}

TEST(MetricsDocumentTest, MET_1_DescribesEveryReasonAndNoOther) {
  std::set<std::string> described;
  const std::string text = Document();
  const size_t reasons = text.find("## Reasons");
  ASSERT_NE(reasons, std::string::npos);
  const std::string section = text.substr(reasons, text.find("\n## ", reasons + 1) - reasons);
  for (const std::string_view line : Lines(section)) {
    if (line.starts_with("| `")) described.emplace(Split(line, '`')[1]);
  }
  std::set<std::string> told;
  for (const Reason reason : AllReasons()) told.emplace(NameOf(reason));
  EXPECT_EQ(described, told);
}

TEST(MetricsDocumentTest, MET_1_ItNamesNoMetricThatDoesNotExist) {
  const std::string text = Document();
  const Descriptions table = InTable();
  for (size_t at = text.find("rds_csi_"); at != std::string::npos;
       at = text.find("rds_csi_", at + 1)) {
    const size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at);
    std::string name = text.substr(at, end - at);
    for (const std::string_view suffix : {"_bucket", "_sum", "_count"}) {
      if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
    }
    EXPECT_TRUE(table.contains(name)) << name;
  }
}

}  // namespace
}  // namespace rds_csi
