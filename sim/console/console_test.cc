// SPDX-License-Identifier: Apache-2.0
// What console lines do and print.
#include "sim/console/console.h"

#include <random>

#include "sim/testing/router_fixture.h"

namespace rds_csi::sim {
namespace {

class ConsoleTest : public RouterFixture {
 protected:
  ConsoleTest() {
    AddDisk("a");
    AddDisk("b");
  }
  std::string Slots(const std::string& where) {
    return Run(":put [/disk print as-value proplist=slot where " + where + "]");
  }
};

TEST_F(ConsoleTest, LinesEndInCrLf) {
  const ConsoleOutput output = RunLine(
      *schema_, ":put x", [this](const Command& command) { return router_->Execute(command); });
  EXPECT_EQ(output.text, "x\r\n");
}

TEST_F(ConsoleTest, WhereKnowsItsOperators) {
  EXPECT_EQ(Slots("slot=a or slot=\"b\""), "slot=a;slot=b\n");
  EXPECT_EQ(Slots("slot=a || slot=b"), "slot=a;slot=b\n");
  EXPECT_EQ(Slots("slot~\"^[ab]$\" and slot!=a"), "slot=b\n");
  EXPECT_EQ(Slots("slot~\"^[ab]$\" && slot!=a"), "slot=b\n");
  EXPECT_EQ(Slots("type=file and !(slot=a)"), "slot=b\n");
  EXPECT_EQ(Slots("size>2G"), "slot=storage-pool\n");
  EXPECT_EQ(Slots("size<=1073741824"), "slot=a;slot=b\n");
  EXPECT_EQ(Slots("mounted"), "slot=storage-pool\n");
  EXPECT_EQ(Slots("!mounted and slot=a"), "slot=a\n");
  EXPECT_EQ(Slots("(slot=a)"), "slot=a\n");
}

TEST_F(ConsoleTest, AnInjectedAlwaysTrueConditionIsTrue) {
  EXPECT_EQ(Slots("slot=\"x\" or 1=1"), "slot=storage-pool;slot=a;slot=b\n");
}

TEST_F(ConsoleTest, BracketsInAStringAreExecuted) {
  Run("/disk add type=file slot=\"x$[/disk remove a]\" file-path=/storage-pool/v/x.img "
      "file-size=1M");
  EXPECT_EQ(Slots("type=file"), "slot=b;slot=x\n");
}

TEST_F(ConsoleTest, BracketsBehindABackslashAreNotExecuted) {
  Run("/disk set a comment=\"x\\$[/disk remove a]\"");
  EXPECT_EQ(Get("a", "comment"), "x$[/disk remove a]");
}

TEST_F(ConsoleTest, AVariableInAStringIsNothing) {
  EXPECT_EQ(Run(":put \"pay $amount now\""), "pay  now\n");
}

TEST_F(ConsoleTest, ParenthesesInAStringAreEvaluated) {
  EXPECT_EQ(Run(":put \"$(1+2) and $(\"a\" . \"b\")\""), "3 and ab\n");
}

TEST_F(ConsoleTest, EscapesAreUnderstood) {
  EXPECT_EQ(Run(":put \"q\\\" b\\\\ d\\$ s\\_ h\\41 n\\n\""), "q\" b\\ d$ s  hA n\n\n");
}

TEST_F(ConsoleTest, ARawTabBecomesFourBlanks) { EXPECT_EQ(Run(":put \"a\tb\""), "a    b\n"); }

TEST_F(ConsoleTest, ALineStopsAtTheFirstFailure) {
  EXPECT_EQ(Run(":put 1; /disk set *99 comment=x; :put 2"), "1\nno such item\n");
}

TEST_F(ConsoleTest, ValuesThatNobodyUsesAreNotShown) {
  EXPECT_EQ(Run("/disk find; /disk get a size; /disk print as-value"), "");
}

TEST_F(ConsoleTest, CountOnlyCounts) {
  EXPECT_EQ(Run("/disk print count-only where type=file"), "2\n");
  EXPECT_EQ(Run(":put [/disk print count-only]"), "3\n");
}

TEST_F(ConsoleTest, SerializeKeepsNumbersAndBooleans) {
  EXPECT_EQ(Run(":put [:serialize to=json [/disk print as-value "
                "proplist=.id,slot,size,mounted,nvme-tcp-server-port where slot=a]]"),
            "[{\".id\":\"*2\",\"mounted\":false,\"nvme-tcp-server-port\":4420,"
            "\"size\":1073741824,\"slot\":\"a\"}]\n");
}

TEST_F(ConsoleTest, SerializeTurnsDigitsIntoNumbersUnlessToldNotTo) {
  Run("/disk set a comment=123");
  const std::string print = "[/disk print as-value proplist=comment where slot=a]";
  EXPECT_EQ(Run(":put [:serialize to=json " + print + "]"), "[{\"comment\":123}]\n");
  EXPECT_EQ(Run(":put [:serialize to=json options=json.no-string-conversion value=" + print + "]"),
            "[{\"comment\":\"123\"}]\n");
}

TEST_F(ConsoleTest, SerializeOfNothingIsAnEmptyList) {
  EXPECT_EQ(Run(":put [:serialize to=json [/disk print as-value where slot=nobody]]"), "[]\n");
}

TEST_F(ConsoleTest, FindWorksInTheMenuOfItsCommand) {
  EXPECT_EQ(Run("/disk set [find slot=a] comment=x; :put [/disk get [find slot=a] comment]"),
            "x\n");
  EXPECT_EQ(Run("/file remove [find name=\"storage-pool/v/b.img\"]"), "");
}

TEST_F(ConsoleTest, UnknownPropertiesOfAProplistAreAbsent) {
  EXPECT_EQ(Run(":put [/disk print as-value proplist=slot,nonsense where slot=a]"), "slot=a\n");
}

// Lines put together from the language's own pieces, so that they get far into parser and
// evaluator.
TEST_F(ConsoleTest, NoLineBreaksIt) {
  const std::vector<std::string> pieces = {
      "/disk ",    "print ",    "set ",   "find ",
      "[",         "]",         "(",      ")",
      "{",         "}",         "\"",     "$",
      "\\",        ";",         ":put ",  " ",
      "slot=",     "a",         "where ", "~",
      "=",         "!",         "or ",    "and ",
      "*2",        ".",         "+",      "comment=",
      "\n",        "as-value ", "1",      ":serialize to=json ",
      "/",         "detail ",   "get ",   "\xff",
      "proplist=", "$[",        "#",      "\\41"};
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string line;
    for (auto count = random() % 14; count > 0; --count) line += pieces[random() % pieces.size()];
    Run(line);
  }
  EXPECT_EQ(Run(":put ok"), "ok\n");
}

TEST_F(ConsoleTest, SeveralRowsCanBeNamedInAList) {
  EXPECT_EQ(Run("/disk remove [find type=file]; /disk print count-only"), "1\n");
}

}  // namespace
}  // namespace rds_csi::sim
