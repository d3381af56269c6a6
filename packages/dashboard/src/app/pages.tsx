import { Activity, BellRing, Boxes, FlaskConical, Grid3x3, Route, type IconNode } from 'lucide'
import type { ComponentType } from 'preact'
import { OverviewPage } from '../overview/overview-page'
import { lazily } from './lazily'

export interface Page {
  /** First part of its path; empty for the page at `/`. */
  readonly slug: string
  readonly title: string
  /** What it is for, in one line. */
  readonly purpose: string
  readonly icon: IconNode
  readonly content: ComponentType
}

export const PAGES: readonly Page[] = [
  {
    slug: '',
    title: 'Overview',
    purpose: 'What the fleet carries at this moment, and how well.',
    icon: Activity,
    content: OverviewPage,
  },
  {
    slug: 'assignments',
    title: 'Assignments',
    purpose: 'Which agent works with which model, and what that is worth.',
    icon: Grid3x3,
    content: lazily(async () => (await import('../assignments/assignments-page')).AssignmentsPage),
  },
  {
    slug: 'decisions',
    title: 'Decisions',
    purpose: 'Every request that ended, and why it got the model it got.',
    icon: Route,
    content: lazily(async () => (await import('../decisions/decisions-page')).DecisionsPage),
  },
  {
    slug: 'catalog',
    title: 'Models and agents',
    purpose: 'Who is served, by what, and within which limits.',
    icon: Boxes,
    content: lazily(async () => (await import('../catalog/catalog-page')).CatalogPage),
  },
  {
    slug: 'what-if',
    title: 'What-if',
    purpose: 'The same router on recorded traffic, with other limits, models or policies.',
    icon: FlaskConical,
    content: lazily(async () => (await import('../what-if/what-if-page')).WhatIfPage),
  },
  {
    slug: 'alerts',
    title: 'Alerts',
    purpose: 'What is wrong, what was, and by which thresholds.',
    icon: BellRing,
    content: lazily(async () => (await import('../alerts/alerts-page')).AlertsPage),
  },
]

export function hrefOf({ slug }: Page): string {
  return `/${slug}`
}
