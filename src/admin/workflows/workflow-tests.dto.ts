import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Covered, CoverageReport, TestProblem, TestReport, TestResult, TranscriptLine } from '@workflows/simulator';
import { ProblemEntryView } from '../../http/operation.js';

class TestProblemView extends ProblemEntryView {
  @ApiProperty({ enum: ['error', 'warning'] }) declare severity: TestProblem['severity'];
  @ApiPropertyOptional({ type: Object, description: 'What the test asks for.' }) expected?: TestProblem['expected'];
  @ApiPropertyOptional({ type: Object, description: 'What there was instead.' }) actual?: TestProblem['actual'];
}

class TranscriptLineView implements TranscriptLine {
  @ApiProperty({ format: 'date-time', description: 'Virtual time.' }) at: string;
  @ApiProperty({ enum: ['contact', 'workflow'] }) who: TranscriptLine['who'];
  @ApiPropertyOptional({ description: 'The node that said it.' }) node?: string;
  @ApiProperty() text: string;
}

class TestResultView implements TestResult {
  @ApiProperty() name: string;
  @ApiProperty({ description: 'JSON Pointer to the test.', example: '/tests/0' }) path: string;
  @ApiProperty() passed: boolean;
  @ApiProperty({ type: [TestProblemView] }) problems: TestProblemView[];
  @ApiProperty({ type: [TranscriptLineView] }) transcript: TranscriptLineView[];
}

class CoveredView implements Covered {
  @ApiProperty() covered: number;
  @ApiProperty() total: number;
  @ApiProperty({ type: [String], description: 'JSON Pointers to what no test went through.' }) missing: string[];
}

class CoverageView implements CoverageReport {
  @ApiProperty({ type: CoveredView }) nodes: CoveredView;
  @ApiProperty({ type: CoveredView }) ports: CoveredView;
  @ApiProperty({ type: CoveredView }) catches: CoveredView;
}

export class TestReportView implements TestReport {
  @ApiProperty({ description: 'True: it compiles and every test passed.' }) passed: boolean;
  @ApiProperty({ description: 'Id of the workflow.' }) workflow: string;
  @ApiProperty({ type: [ProblemEntryView], description: 'Findings about the document as a whole; with an error no test is run.' })
  problems: TestReport['problems'];
  @ApiProperty({ type: [TestResultView] }) tests: TestResultView[];
  @ApiProperty({ type: CoverageView }) coverage: CoverageView;
}
